export default function AnalyticsPage() {
  return <p>…</p>;
}
