/** Numbers as the app writes them: one place, so that the same quantity looks the same everywhere. */
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0, signDisplay: "negative" });
const wholeSigned = new Intl.NumberFormat("en", { maximumFractionDigits: 0, signDisplay: "exceptZero" });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

export const NONE = "–";

export function integer(value: number | null | undefined): string {
  return value == null ? NONE : whole.format(value).replace("-", "−");
}

export function signedInteger(value: number): string {
  return wholeSigned.format(value).replace("-", "−");
}

export function short(value: number | null | undefined): string {
  return value == null ? NONE : compact.format(value);
}

export function fixed(value: number | null | undefined, digits = 2): string {
  return value == null
    ? NONE
    : value
        .toFixed(digits)
        .replace(/^-(0(\.0+)?)$/, "$1")
        .replace("-", "−");
}

export function signed(value: number, digits = 2): string {
  const text = fixed(value, digits);
  return value > 0 && Number(value.toFixed(digits)) !== 0 ? `+${text}` : text;
}

export function percent(share: number | null | undefined, digits = 0): string {
  return share == null ? NONE : `${(share * 100).toFixed(digits)}%`;
}

/** About three telling digits, whatever the size: for axes and metrics of unlike scales. */
export function telling(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return NONE;
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 10_000) return integer(value);
  if (size >= 10_000) return short(value);
  if (size >= 100) return integer(value);
  if (size >= 1) return fixed(value, 2);
  if (size >= 0.001) return fixed(value, 4);
  return value.toExponential(1).replace("-", "−");
}

/** "3 min ago" */
export function ago(iso: string | null | undefined, now = Date.now()): string {
  if (!iso) return NONE;
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}
