export { ExchangeScreen } from "./exchange";
