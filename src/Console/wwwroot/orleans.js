// The Orleans dashboard asks its page whether it has a log to show.
window.hideTrace = true;
