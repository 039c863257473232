export { FiguresScreen } from "./figures";
