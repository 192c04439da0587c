import type { RefObject } from "react";
import "./key-list.css";

interface KeyListProps {
  dialog: RefObject<HTMLDialogElement | null>;
  title: string;
  keys: readonly (readonly [keys: readonly string[], does: string])[];
}

/** The help behind `?`: which key does what. */
export function KeyList({ dialog, title, keys }: KeyListProps) {
  return (
    <dialog ref={dialog} aria-label={title} className="key-list">
      <h1>{title}</h1>
      <dl>
        {keys.map(([names, does]) => (
          <div key={does}>
            <dt>
              {names.map((name) => (
                <kbd key={name}>{name}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit" className="button primary">
          Close
        </button>
      </form>
    </dialog>
  );
}
