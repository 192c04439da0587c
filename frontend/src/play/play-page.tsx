export default function PlayPage() {
  return <p>…</p>;
}
