export { CasesScreen } from "./list";
export { KnowledgeScreen } from "./knowledge";
