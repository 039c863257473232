import "../../leading/style.css";
export { FiguresScreen } from "./figures";
