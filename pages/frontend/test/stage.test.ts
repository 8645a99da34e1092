import { expect, it } from "vitest";
import { h } from "../src/shared/dom";
import { Stage } from "../src/shared/stage";

const observed = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

it("is a feed only while it has articles, since one without them has no meaning to a screen reader", async () => {
  const stage = new Stage("Messages");
  const roles = [stage.scroller.getAttribute("role")];
  const article = h("article");
  stage.canvas.append(article);
  await observed();
  roles.push(stage.scroller.getAttribute("role"));
  article.remove();
  await observed();
  roles.push(stage.scroller.getAttribute("role"));
  expect(roles).toEqual(["group", "feed", "group"]);
  stage.stop();
});
