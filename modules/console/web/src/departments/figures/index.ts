import "../../leading/number_link.css";
import "../../leading/report_drawer.css";
export { FiguresScreen } from "./figures";
