/**
 * Browsers start no worker from a page that was opened as a file. The search of this site runs in a
 * worker, so that opened as a file it gets this one: the same script in a hidden frame.
 */
class FrameWorker extends EventTarget {
  constructor(address) {
    super();
    this.onmessage = null;
    this.frame = document.createElement("iframe");
    this.frame.hidden = true;
    document.body.append(this.frame);
    const inner = this.frame.contentWindow;
    inner.postMessage = (data) => setTimeout(() => this.receive(data));
    inner.importScripts = (...addresses) =>
      Promise.all(addresses.map((each) => FrameWorker.load(inner, each)));
    this.ready = FrameWorker.load(inner, address);
  }

  static load(inner, address) {
    return new Promise((resolve, reject) => {
      const script = inner.document.createElement("script");
      script.src = new URL(address, location.href).href;
      script.onload = resolve;
      script.onerror = () => reject(new Error(`cannot load ${script.src}`));
      inner.document.head.append(script);
    });
  }

  receive(data) {
    const event = new MessageEvent("message", { data });
    this.onmessage?.(event);
    this.dispatchEvent(event);
  }

  postMessage(data) {
    this.ready.then(() => {
      const inner = this.frame.contentWindow;
      inner.dispatchEvent(new inner.MessageEvent("message", { data }));
    });
  }

  terminate() {
    this.frame.remove();
  }
}

if (location.protocol === "file:") {
  window.Worker = FrameWorker;
}
