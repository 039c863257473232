/* The style of forced colours, for whom main.tsx fetches it. */
import "./forced.css";
