import type { RefObject } from "react";
import { REPLAY_KEY_HELP } from "../player/keys";
import { KeyList } from "../ui/key-list";

export function KeyHelp({ dialog }: { dialog: RefObject<HTMLDialogElement | null> }) {
  return <KeyList dialog={dialog} title="Keys of the replay" keys={REPLAY_KEY_HELP} />;
}
