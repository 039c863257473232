import "../desk/style.css";
export { CasesScreen } from "./list";
export { KnowledgeScreen } from "./knowledge";
