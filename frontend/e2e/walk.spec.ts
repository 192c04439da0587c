import { expect, type Locator, type Page, test } from "@playwright/test";

/**
 * Walks the three pages against a running server on which a training run is under way. Nothing is stood in for: the
 * curve is the run's, the replay is the run's, the game is played on the server.
 */
const FIRST_WINDOW = 180_000;

test.describe.configure({ mode: "serial" });

let complaints: string[] = [];

test.beforeEach(({ page }) => {
  complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
});

test.afterEach(() => {
  expect([...new Set(complaints)], "errors in the browser's console").toEqual([]);
});

async function numberOf(locator: Locator, attribute: string): Promise<number> {
  return Number(await locator.getAttribute(attribute));
}

/** How many colours a part of the page shows: a picture has many, an empty box one or two. */
async function colorsIn(page: Page, locator: Locator): Promise<number> {
  const png = (await locator.screenshot()).toString("base64");
  return page.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.width;
    canvas.height = image.height;
    const context = canvas.getContext("2d");
    if (!context) return 0;
    context.drawImage(image, 0, 0);
    return new Set(new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size;
  }, png);
}

test("the curve of a training run moves by itself", async ({ page }) => {
  await page.goto("/analytics");
  await expect(page.getByTestId("connection")).toHaveText("Live", { timeout: FIRST_WINDOW });
  const curve = page.getByTestId("chart-steps_per_second");
  await expect.poll(() => numberOf(curve, "data-points"), { timeout: FIRST_WINDOW }).toBeGreaterThan(0);
  const points = await numberOf(curve, "data-points");
  await expect.poll(() => numberOf(curve, "data-points"), { timeout: FIRST_WINDOW }).toBeGreaterThan(points);

  const returns = page.getByTestId("chart-return_mean");
  await expect.poll(() => numberOf(returns, "data-points"), { timeout: FIRST_WINDOW }).toBeGreaterThan(0);
  const rows = page.getByTestId("last-windows").locator("tbody tr");
  expect(await rows.count()).toBeGreaterThan(1);
  await expect(page.getByRole("region", { name: "Completeness" }).locator("tbody tr")).toHaveCount(3);
});

test("the newest replay plays, steps, seeks and can be linked to", async ({ page }) => {
  await page.goto("/");
  const viewer = page.getByTestId("viewer");
  await expect(viewer.or(page.getByRole("alert"))).toBeVisible({ timeout: FIRST_WINDOW });
  await expect(viewer).toBeVisible();
  await expect.poll(() => numberOf(viewer, "data-frame")).toBeGreaterThan(0);
  expect(await numberOf(viewer, "data-total")).toBeGreaterThan(1);

  await page.keyboard.press("Home");
  await expect(viewer).toHaveAttribute("data-frame", /^\d+$/);
  await page.keyboard.press("ArrowLeft"); // pauses
  await page.keyboard.press("Home");
  await expect(viewer).toHaveAttribute("data-frame", "0");
  await page.keyboard.press("ArrowRight");
  await expect(viewer).toHaveAttribute("data-frame", "1");
  await expect(page.getByTestId("action")).not.toHaveText("Start");

  const sector = page.locator(".sector .canvas");
  await expect.poll(() => colorsIn(page, sector)).toBeGreaterThan(50);

  await page.keyboard.press("End");
  const total = await numberOf(viewer, "data-total");
  await expect(viewer).toHaveAttribute("data-frame", String(total - 1));

  await page.keyboard.press("ArrowLeft");
  await page.getByRole("button", { name: "Link" }).click();
  await expect(page).toHaveURL(new RegExp(`frame=${total - 2}$`));
  await page.reload();
  await expect(viewer).toHaveAttribute("data-frame", String(total - 2));
});

test("a game is played on the server", async ({ page }) => {
  await page.goto("/play?seed=7");
  const board = page.getByTestId("play");
  await expect(board).toHaveAttribute("data-frame", "0");
  await expect(page.getByTestId("seed")).toHaveText("7");

  // At the station there is nothing to mine; the page says so and the game stays.
  // Forced: Playwright takes aria-disabled for out of reach, a person can press the button.
  await page.getByRole("button", { name: /^Mine:/ }).click({ force: true });
  await expect(page.getByText("Mine: No asteroids at the station")).toBeVisible();
  await expect(board).toHaveAttribute("data-frame", "0");

  await page.locator(".group.travel .act[aria-disabled=false]").first().click();
  await expect(board).toHaveAttribute("data-frame", "1");
  await page.keyboard.press("w");
  await expect(board).toHaveAttribute("data-frame", "2");
  await expect.poll(() => colorsIn(page, page.locator(".sector .canvas"))).toBeGreaterThan(50);

  await page.getByRole("button", { name: "Cash out", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cash out" }).click();
  await expect(page.getByRole("heading", { name: "Cashed out" })).toBeVisible();
  await page.getByRole("button", { name: "Same belt again" }).click();
  await expect(board).toHaveAttribute("data-frame", "0");
  await expect(page.getByTestId("seed")).toHaveText("7");
});
