// Which pages are more than a table: one line for each. The others are made of head office's tables alone (list.js, row.js).

import { Board } from "./board.js";
import { CampaignReport } from "./campaign.js";
import { Exceptions } from "./exceptions.js";
import { Fleet } from "./fleet.js";
import { Mapping } from "./mapping.js";
import { OrderStory } from "./orderstory.js";
import { Outlook } from "./outlook.js";
import { PersonStory } from "./personstory.js";
import { Proposals } from "./proposals.js";
import { PurchaseSheet } from "./purchase.js";
import { Reconcile } from "./reconcile.js";
import { Roles } from "./roles.js";
import { Shops } from "./shopcards.js";

/** In place of the table of a kind, where its filters are among those that it knows. @type {Record<string, {body: any, filters: string[]}>} */
export const lists = {
  exceptions: { body: Exceptions, filters: ["open", "kind", "shop"] },
  unmapped: { body: Mapping, filters: ["shop", "code", "waiting"] },
  aftersales: { body: Board, filters: ["shop", "kind"] },
  sites: { body: Fleet, filters: [] },
  "purchase-proposals": { body: Proposals, filters: ["supplier", "state", "sku"] },
  shops: { body: Shops, filters: ["platform", "running"] },
};

/** Above the facts of one row; hides: parts of the answer that it tells itself. @type {Record<string, {body: any, hides: string[]}>} */
export const leads = {
  orders: { body: OrderStory, hides: ["history", "events", "parcel_events"] },
  persons: { body: PersonStory, hides: ["timeline", "merges", "figures"] },
  forecasts: { body: Outlook, hides: ["values", "past"] },
  purchases: { body: PurchaseSheet, hides: ["lines"] },
  campaigns: { body: CampaignReport, hides: [] },
};

/** Pages of no kind. @type {Record<string, any>} */
export const pages = { reconcile: Reconcile, roles: Roles };

/** Whether a list is shown in its own way: not as a table, and asked for nothing that it cannot.
 *  @param {string} kind @param {Record<string, string>} filters */
export const isSpecial = (kind, { view, ...filters }) => kind in lists && view !== "table" &&
  !(kind === "exceptions" && filters.open === "no") && Object.keys(filters).every((name) => lists[kind].filters.includes(name));
