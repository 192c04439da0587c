import type { Frame } from "../api/frame";
import { actionLabel } from "../game/actions";
import { COMMODITY_COLOR, cssColor } from "../game/colors";
import type { Observation } from "../game/observation";
import { CARGO_MAX, COMMODITIES, COMMODITY_LABEL, FUEL_MAX } from "../game/rules";
import { fixed, integer, percent, signed } from "../theme/numbers";
import { frameAction } from "./event-text";
import "./hud.css";

/** The readings beside the sector view, each a function of one frame. */
type Level = "ok" | "warn" | "bad";

function level(value: number, warn: number, bad: number): Level {
  const rising = bad > warn;
  if (rising ? value >= bad : value <= bad) return "bad";
  return (rising ? value >= warn : value <= warn) ? "warn" : "ok";
}

export function Gauges({ seen, frame }: { seen: Observation; frame: Frame }) {
  return (
    <section className="panel gauges" aria-label="Ship">
      <h2>Ship</h2>
      <Gauge name="Fuel" value={seen.fuel} of={FUEL_MAX} level={level(seen.fuel, 300, 150)} />
      <Gauge name="Hull" value={seen.hull} of={100} level={level(seen.hull, 50, 25)} />
      <Gauge name="Heat" value={seen.heat} of={100} level={level(seen.heat, 70, 90)} />
      <Gauge name="Tool" value={seen.tool} of={100} level={level(seen.tool, 50, 25)} />
      <Gauge name="Alert" value={seen.alert} of={100} level={level(seen.alert, 40, 70)} />
      <Gauge
        name="Hold"
        value={seen.cargoTotal}
        of={CARGO_MAX}
        level={level(seen.cargoTotal, 170, 195)}
        digits={1}
      />
      <dl className="stores">
        <Store name="Kits" value={integer(seen.kits)} />
        <Store name="Stabilizers" value={integer(seen.stabilizers)} />
        <Store name="Decoys" value={integer(seen.decoys)} />
        <Store name="Ticks left" value={integer(frame.timeRemaining)} />
      </dl>
    </section>
  );
}

function Gauge(props: { name: string; value: number; of: number; level: Level; digits?: number }) {
  const { name, value, of } = props;
  return (
    <div className="gauge">
      <span id={`gauge-${name}`}>{name}</span>
      <div
        className={`bar ${props.level}`}
        role="meter"
        aria-labelledby={`gauge-${name}`}
        aria-valuemin={0}
        aria-valuemax={of}
        aria-valuenow={Math.round(value)}
      >
        <span style={{ width: `${Math.min(100, (value / of) * 100)}%` }} />
      </div>
      <span className={`number ${props.level === "ok" ? "" : props.level}`}>
        {fixed(value, props.digits ?? 0)}
      </span>
    </div>
  );
}

function Store({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

export function Market({ seen, frame }: { seen: Observation; frame: Frame }) {
  return (
    <section className="panel market" aria-label="Cargo and market">
      <h2 className="row">
        Cargo and market
        <span className="spacer" />
        <span className="credits" title="Credits">
          {integer(frame.credits)} cr
        </span>
      </h2>
      <table>
        <thead className="visually-hidden">
          <tr>
            <th>Commodity</th>
            <th>In the hold</th>
            <th>Price</th>
            <th>Change</th>
          </tr>
        </thead>
        <tbody>
          {COMMODITIES.map((commodity, c) => (
            <tr key={commodity}>
              <td>
                <span className="swatch" style={{ background: cssColor(COMMODITY_COLOR[c] ?? 0) }} />
                {COMMODITY_LABEL[commodity]}
              </td>
              <td className="number">{fixed(seen.cargo[c], 1)}</td>
              <Price quote={seen.quotes[c]} />
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Price({ quote }: { quote: Observation["quotes"][number] | undefined }) {
  if (!quote) return null;
  const still = Math.abs(quote.delta) < 0.05;
  return (
    <>
      <td
        className="number"
        title={quote.capped ? "At or over its base price; the ship sees no more" : undefined}
      >
        {quote.capped ? "≥ " : ""}
        {fixed(quote.price, quote.capped ? 0 : 1)}
      </td>
      <td className={`number delta ${still ? "dim" : quote.delta > 0 ? "good" : "bad"}`}>
        {still ? "" : quote.delta > 0 ? "▲ " : "▼ "}
        {fixed(Math.abs(quote.delta), 1)}
      </td>
    </>
  );
}

export function StepReading({ frame }: { frame: Frame }) {
  return (
    <section className="panel step" aria-label="This step">
      <h2>This step</h2>
      <p className="action" data-testid="action">
        {frameAction(frame)}
      </p>
      <dl className="stores">
        <Store name="Reward" value={signed(frame.reward, 3)} />
        <Store name="Took" value={`${frame.dt} t`} />
        <Store name="At tick" value={integer(frame.t + frame.dt)} />
        <Store name="Profit" value={integer(frame.netProfit)} />
      </dl>
    </section>
  );
}

const SHOWN_CHOICES = 5;

export function PolicyReading({ frame }: { frame: Frame }) {
  const { policy } = frame;
  const top = policy?.top.slice(0, SHOWN_CHOICES) ?? [];
  return (
    <section className="panel policy" aria-label="The policy's choice">
      <h2 className="row">
        Policy’s choice
        <span className="spacer" />
        <span title="The policy's estimate, before this step, of the return to come">
          value {policy ? signed(policy.value, 2) : fixed(null)}
        </span>
      </h2>
      <ol>
        {Array.from({ length: SHOWN_CHOICES }, (_, k) => {
          const choice = top[k];
          // The rank is the identity of a row: rows stay while what they say changes.
          const rank = `rank-${k}`;
          if (!choice) return <li key={rank}>&nbsp;</li>;
          return (
            <li key={rank} className={choice.action === frame.action ? "taken" : ""}>
              <span className="share" style={{ width: `${choice.p * 100}%` }} />
              <span className="choice">
                {choice.action === frame.action ? frameAction(frame) : actionLabel(choice.action)}
              </span>
              <span className="number">{percent(choice.p, choice.p < 0.1 ? 1 : 0)}</span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

export function SelectedAsteroid({ seen, richness }: { seen: Observation; richness: number | null }) {
  const asteroid = seen.asteroids.find((a) => a.selected);
  return (
    <section className="panel selected" aria-label="Selected asteroid">
      <h2>{asteroid ? `Asteroid ${asteroid.slot + 1}` : "No asteroid selected"}</h2>
      <div
        className="composition"
        role="img"
        aria-label={asteroid ? composition(asteroid.composition) : "unknown"}
      >
        {asteroid &&
          COMMODITIES.map((commodity, c) => (
            <span
              key={commodity}
              title={`${COMMODITY_LABEL[commodity]} ${percent(asteroid.composition[c])}`}
              style={{
                flexGrow: asteroid.composition[c],
                background: cssColor(COMMODITY_COLOR[c] ?? 0),
              }}
            />
          ))}
      </div>
      <dl className="stores">
        <Store name="Sure" value={percent(asteroid?.confidence)} />
        <Store name="Stable" value={percent(asteroid?.stability)} />
        <Store name="Used up" value={percent(asteroid?.depletion)} />
        <Store
          name="Richness"
          value={asteroid ? (richness === null ? "?" : `~${fixed(richness, 1)}`) : fixed(null)}
        />
      </dl>
    </section>
  );
}

function composition(shares: readonly number[]): string {
  return COMMODITIES.map((c, i) => `${COMMODITY_LABEL[c]} ${percent(shares[i])}`).join(", ");
}
