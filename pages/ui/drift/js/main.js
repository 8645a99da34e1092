export default entry(".drift", View);
