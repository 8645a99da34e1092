export default entry(".timeline", View);
