// Links to messages, and exact texts for the clipboard: from the server, never from what the page shows.

Object.assign(View.prototype, {
  linkTo(position) {
    const address = new URL(window.location.href);
    address.searchParams.set("session", this.data.session);
    address.searchParams.set("source", this.data.source);
    address.searchParams.set("message", position);
    for (const name of OWN) address.searchParams.delete(name);
    return address.href;
  },

  async copy(text, done) {
    const lone = /\p{Cs}/u.test(text) ? " (lone surrogates can't be copied: they became \uFFFD)" : "";
    this.say(await copyText(text, this.root) ? done + lone : "The browser refused to copy");
  },

  async copyPart(position, item) {
    const part = item.content?.exact ? "content" : item.refusal ? "refusal" : item.function_call ? "function_call" : null;
    if (part) await this.copyWhole(position, part, part === "content" ? "text" : part);
    else if (item.calls.length) await this.copyWhole(position, "call.0", "first call's arguments");
    else this.say("There is no text to copy");
  },

  async copyWhole(position, part, label) {
    const text = await this.reads(() => this.source.whole(position, part));
    if (text !== null) await this.copy(text, `Copied the ${label} of message ${position}: ${many([...text].length, "character")}`);
  },
});
