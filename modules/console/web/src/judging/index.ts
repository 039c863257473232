export { AccountabilityScreen } from "./accountability";
export { LotteriesScreen } from "./lotteries";
export { ObservationsScreen } from "./observations";
export { RhythmScreen } from "./rhythm";
export { RulingsScreen } from "./rulings";
export { TripwiresScreen } from "./tripwires";
