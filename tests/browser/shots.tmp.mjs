import { chromium } from "playwright-core";
const [key, ...pages] = process.argv.slice(2);
const b = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--headless","--no-sandbox","--disable-gpu"] });
const page = await b.newPage({ viewport: { width: 1440, height: 900 }, locale: "en-GB" });
page.on("pageerror", (e) => console.log("pageerror", e.message)); page.on("console", (m) => m.type()==="error" && console.log("console", m.text()));
await page.goto("http://127.0.0.1:18998/"); await page.locator(".door input").fill(key); await page.locator(".door > button").click(); await page.locator("nav").waitFor();
let n=0;
for (const one of pages) { const [hash,w,lang,scheme]=one.split("|");
  await page.setViewportSize({width:Number(w||1440),height:900}); await page.emulateMedia({colorScheme:scheme||"light"});
  if (lang) await page.locator(`[role=group] [lang=${lang}]`).first().click();
  await page.goto("http://127.0.0.1:18998/"+hash); await page.waitForTimeout(500);
  const t=Date.now(); while (await page.locator("main progress").count() && Date.now()-t<90000) await page.waitForTimeout(300);
  await page.waitForTimeout(500);
  console.log(hash, Date.now()-t, "ms", await page.evaluate(() => document.documentElement.scrollWidth > innerWidth ? "WIDE "+document.documentElement.scrollWidth : "")); await page.screenshot({path:`/tmp/fig/shot${n++}.png`}); }
await b.close();
