import { ACTIONS } from "./rules";

/** What an action is called for a person. The rules run a code outside the table as a hold. */
export function actionLabel(action: number): string {
  return ACTIONS[action]?.label ?? `Hold (code ${action})`;
}
