// What a page can only do in the browser: the connection, the clipboard, and what the browser knows of its user.
(() => {
  'use strict';

  const year = 365 * 24 * 60 * 60;
  const setCookie = (name, value) => {
    const secure = location.protocol === 'https:' ? '; secure' : '';
    document.cookie = `orleanslinks.${name}=${encodeURIComponent(value)}; path=/console; max-age=${year}; samesite=lax${secure}`;
  };
  const getCookie = name => document.cookie.split('; ').find(one => one.startsWith(`orleanslinks.${name}=`))?.split('=')[1];

  const systemIsDark = matchMedia('(prefers-color-scheme: dark)');
  const applyTheme = theme => {
    const dark = theme === 'dark' || (theme !== 'light' && systemIsDark.matches);
    document.documentElement.dataset.scheme = dark ? 'dark' : 'light';
    setCookie('scheme', dark ? 'dark' : 'light');
    return dark;
  };

  setCookie('zone', Intl.DateTimeFormat().resolvedOptions().timeZone);
  applyTheme(getCookie('theme'));

  // Browsers let a page copy while they handle the user's click, not a moment later: so not after a question to the server.
  const copy = async text => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const area = document.createElement('textarea');
      area.value = text;
      area.style.position = 'fixed';
      area.style.opacity = '0';
      document.body.append(area);
      area.select();
      const done = document.execCommand('copy');
      area.remove();
      return done;
    }
  };
  let copied = Promise.resolve(false);
  document.addEventListener('click', event => {
    const button = event.target.closest?.('[data-copy]');
    if (button) {
      copied = copy(button.dataset.copy);
    }
  }, true);

  // Who signs out does so in all tabs: what is open in others is loaded anew, and leads to the sign-in.
  const tabs = new BroadcastChannel('orleanslinks');
  if (document.querySelector('[data-left]')) {
    tabs.postMessage('left');
  } else {
    tabs.onmessage = () => location.reload();
  }

  window.orleansLinks = {
    setTheme(theme) {
      setCookie('theme', theme);
      return applyTheme(theme);
    },
    followSystem(page) {
      systemIsDark.addEventListener('change', () => {
        page.invokeMethodAsync('Darken', applyTheme(getCookie('theme'))).catch(() => { /* The connection is away; the next page knows. */ });
      });
      return applyTheme(getCookie('theme'));
    },
    hasCopied: () => copied,
    focus: place => document.querySelector(place)?.focus(),
  };

  if (!document.querySelector('[data-plain]')) {
    // A page's connection is one WebSocket, so that any balancer in front of several edges will do. While it is away the page
    // says so and looks whether the server answers; when it does and no longer knows the page, the page is loaded anew.
    const away = document.getElementById('components-reconnect-modal');
    const isAway = () => away.classList.contains('components-reconnect-show');
    const wait = ms => new Promise(resolve => { setTimeout(resolve, ms); });
    const answers = async () => {
      try {
        return (await fetch('console.json', { cache: 'no-store' })).ok;
      } catch {
        return false;
      }
    };
    const comeBack = async () => {
      let isKnown = true;
      for (let tries = 0; isAway(); tries++) {
        await wait(tries < 3 ? 300 : 1000);
        if (!await answers()) continue;
        if (!isKnown) {
          location.reload();
          return;
        }

        try {
          isKnown = await Blazor.reconnect();
        } catch { /* It has gone again. */ }
      }
    };

    // What scripts tell the server while it is away does not reach it, which the page has said.
    const pass = event => {
      if (isAway() && `${(event.reason ?? event.error)?.message}`.includes("not in the 'Connected' State")) event.preventDefault();
    };
    addEventListener('unhandledrejection', pass);
    addEventListener('error', pass);

    // Nobody takes a form then, and the browser would leave the page with it.
    addEventListener('submit', event => {
      if (isAway()) event.preventDefault();
    }, true);
    Blazor.start({
      circuit: {
        configureSignalR: builder => builder.withUrl('_blazor', { skipNegotiation: true, transport: 1 }),
        reconnectionHandler: {
          onConnectionDown() {
            if (isAway()) return;
            away.classList.add('components-reconnect-show');
            comeBack();
          },
          onConnectionUp() {
            away.classList.remove('components-reconnect-show');
          },
        },
      },
    });
  }
})();
