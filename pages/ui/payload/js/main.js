export default entry(".payload", View);
