import { memo, type ReactNode } from "react";
import type { Frame } from "../api/frame";
import { ACTION, ASTEROID_SLOTS, actionLabel, NEIGHBOR_SLOTS, PURCHASE_COST } from "../game/actions";
import { COMMODITIES, COMMODITY_COLOR, COMMODITY_LABEL, cssColor } from "../game/commodities";
import type { Observation } from "../game/observation";
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

const SHIP_CARE = [
  ACTION.hold,
  ACTION.burn,
  ACTION.cooldown,
  ACTION.refine,
  ACTION.toolMaintenance,
  ACTION.hullPatch,
];

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
          {range(NEIGHBOR_SLOTS).map((slot) => press(slot, <Lane frame={frame} seen={seen} slot={slot} />))}
        </Group>
        <Group name="Buy" style="buy two">
          {range(7).map((k) => {
            const action = ACTION.buyFuelSmall + k;
            const cost = <span className="dim">{PURCHASE_COST[action]} cr</span>;
            return press(
              action,
              <>
                {actionLabel(action)} {cost}
              </>,
            );
          })}
        </Group>
      </div>
      <div className="column">
        <Group name="Scan" style="scan two">
          {[ACTION.wideScan, ACTION.focusedScan, ACTION.deepScan, ACTION.listen].map(named)}
        </Group>
        <Group name="Mine" style="mine two">
          {[ACTION.mineConservative, ACTION.mineStandard, ACTION.mineAggressive, ACTION.stabilize].map(named)}
        </Group>
        <Group name="Ship" style="ship two">
          {SHIP_CARE.map(named)}
        </Group>
        <Group name="Jettison" style="jettison two">
          {COMMODITIES.map((commodity, c) => press(ACTION.jettison + c, COMMODITY_LABEL[commodity]))}
        </Group>
      </div>
      <div className="column">
        <Group name="Select asteroid" style="select">
          {range(ASTEROID_SLOTS).map((slot) =>
            press(
              ACTION.select + slot,
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
              {["¼", "½", "All"].map((share, k) => press(ACTION.sell + 3 * c + k, share, "share"))}
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

function Lane({ frame, seen, slot }: { frame: Frame; seen: Observation; slot: number }) {
  const lane = seen.lanes.find((l) => l.slot === slot);
  if (!lane) return <span className="dim">No lane</span>;
  const edge = frame.graph.edges.find((e) => e.from === frame.node && e.slot === slot);
  return (
    <>
      {lane.type === "station" ? "Station" : `Node ${edge?.to ?? "?"}`}
      {lane.type === "hazard" && <span className="bad"> hazard</span>}
      <span className="dim detail">
        {lane.time} t · {fixed(lane.fuel, 0)} fuel · threat {percent(lane.threat)}
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

function range(length: number): number[] {
  return Array.from({ length }, (_, k) => k);
}
