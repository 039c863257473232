export { DeadlinesScreen } from "./deadlines";
export { DecisionsScreen } from "./decisions";
export { DispatchScreen } from "./dispatch";
export { ExchangeScreen } from "./exchange";
