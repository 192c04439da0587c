import { memo, type ReactNode } from "react";
import type { Frame } from "../api/frame";
import { actionLabel } from "../game/actions";
import { COMMODITY_COLOR, cssColor } from "../game/colors";
import type { Observation } from "../game/observation";
import { ACTION, ACTIONS, COMMODITIES, COMMODITY_LABEL, SHARES, type Share } from "../game/rules";
import { fixed, integer, percent } from "../theme/numbers";
import { keyOf } from "./hotkeys";
import { whyNot } from "./why-not";

interface ActionPanelProps {
  frame: Frame;
  seen: Observation;
  ended: boolean;
  onAct: (action: number) => void;
  /** a forbidden action was pressed */
  onRefused: (why: string) => void;
}

const SHIP_CARE = [ACTION.hold, ACTION.burn, ACTION.cool, ACTION.refine, ACTION.maintain, ACTION.patch];
const SHARE_SIGN: Readonly<Record<Share, string>> = { quarter: "¼", half: "½", all: "All" };

/** All 69 actions by what one wants to do. A forbidden one stays reachable and says why. */
export const ActionPanel = memo(function ActionPanel(props: ActionPanelProps) {
  const { frame, seen } = props;
  const press = (action: number, content: ReactNode, style = "") => (
    <ActionButton key={action} action={action} style={style} {...props}>
      {content}
    </ActionButton>
  );
  const named = (action: number) => press(action, actionLabel(action));
  return (
    <section className="actions" aria-label="Actions">
      <div className="column">
        <Group name="Travel" style="travel">
          {ACTION.travel.map((action, slot) => press(action, <Edge frame={frame} seen={seen} slot={slot} />))}
        </Group>
        <Group name="Buy" style="buy two">
          {Object.values(ACTION.buy).map((action) =>
            press(
              action,
              <>
                {actionLabel(action)} <span className="dim">{ACTIONS[action]?.cost} cr</span>
              </>,
            ),
          )}
        </Group>
      </div>
      <div className="column">
        <Group name="Scan" style="scan two">
          {[...Object.values(ACTION.scan), ACTION.listen].map(named)}
        </Group>
        <Group name="Mine" style="mine two">
          {[...Object.values(ACTION.mine), ACTION.stabilize].map(named)}
        </Group>
        <Group name="Ship" style="ship two">
          {SHIP_CARE.map(named)}
        </Group>
        <Group name="Jettison" style="jettison two">
          {COMMODITIES.map((commodity) => press(ACTION.jettison[commodity], COMMODITY_LABEL[commodity]))}
        </Group>
      </div>
      <div className="column">
        <Group name="Select asteroid" style="select">
          {ACTION.select.map((action, slot) =>
            press(
              action,
              <Slot seen={seen} slot={slot} />,
              seen.asteroids.some((a) => a.selected && a.slot === slot) ? "slot on" : "slot",
            ),
          )}
        </Group>
        <Group name="Dock and sell" style="sell">
          {named(ACTION.dock)}
          {COMMODITIES.map((commodity, c) => (
            <div className="sale-row" key={commodity}>
              <span className="good-name">
                <span className="swatch" style={{ background: cssColor(COMMODITY_COLOR[c] ?? 0) }} />
                {COMMODITY_LABEL[commodity]}
              </span>
              {SHARES.map((share) => press(ACTION.sell[commodity][share], SHARE_SIGN[share], "share"))}
            </div>
          ))}
        </Group>
        <Group name="End" style="end">
          {press(
            ACTION.cashOut,
            <>
              Cash out <span className="dim">{integer(frame.credits)} cr</span>
            </>,
          )}
        </Group>
      </div>
    </section>
  );
});

function Group({ name, style, children }: { name: string; style: string; children: ReactNode }) {
  return (
    <fieldset className={`panel group ${style}`}>
      <legend>{name}</legend>
      {children}
    </fieldset>
  );
}

interface ActionButtonProps extends ActionPanelProps {
  action: number;
  style: string;
  children: ReactNode;
}

function ActionButton({ action, style, children, frame, seen, ended, onAct, onRefused }: ActionButtonProps) {
  const why = ended ? "The game is over" : frame.actionMask[action] ? null : whyNot(action, seen);
  const name = actionLabel(action);
  const key = keyOf(action);
  return (
    <button
      type="button"
      className={`button act ${style}`}
      aria-disabled={why !== null}
      aria-label={why ? `${name}: ${why}` : name}
      aria-pressed={style.startsWith("slot") ? style === "slot on" : undefined}
      aria-keyshortcuts={ariaKey(key)}
      title={why ? `${name}: ${why}` : `${name} (${key})`}
      onClick={() => (why ? onRefused(`${name}: ${why}`) : onAct(action))}
    >
      <span className="says">{children}</span>
      <kbd>{key}</kbd>
    </button>
  );
}

function Edge({ frame, seen, slot }: { frame: Frame; seen: Observation; slot: number }) {
  const edge = seen.edges.find((e) => e.slot === slot);
  if (!edge) return <span className="dim">No edge</span>;
  const known = frame.graph.edges.find((e) => e.from === frame.node && e.slot === slot);
  return (
    <>
      {edge.type === "station" ? "Station" : `Node ${known?.to ?? "?"}`}
      {edge.type === "hazard" && <span className="bad"> hazard</span>}
      <span className="dim detail">
        {edge.time} t · {fixed(edge.fuel, 0)} fuel · threat {percent(edge.threat)}
      </span>
    </>
  );
}

function Slot({ seen, slot }: { seen: Observation; slot: number }) {
  const asteroid = seen.asteroids.find((a) => a.slot === slot);
  const best = asteroid ? asteroid.composition.indexOf(Math.max(...asteroid.composition)) : -1;
  return (
    <>
      {slot + 1}
      <span
        className="swatch"
        aria-hidden="true"
        style={{
          background:
            asteroid && asteroid.depletion < 1 ? cssColor(COMMODITY_COLOR[best] ?? 0) : "transparent",
        }}
      />
    </>
  );
}

/** The written key in the words of `aria-keyshortcuts`. */
function ariaKey(key: string): string {
  return key.replace("⇧", "Shift+").replace("↵", "Enter");
}
