using System.Buffers;

namespace OrleansLinks.Clicks;

/// <summary>
/// Tells what a visitor uses by the words that browsers put into their user agents for that:
/// https://developer.mozilla.org/docs/Web/HTTP/Guides/Browser_detection_using_the_user_agent,
/// https://developer.chrome.com/docs/privacy-security/user-agent,
/// https://developer.amazon.com/docs/fire-tv/user-agent-strings.html. A tablet that asks for desktop sites, as iPads do, says
/// that it is a desktop computer, and nothing else tells it.
/// </summary>
public static class Devices
{
    // First, for they call themselves Android, Windows or Linux too.
    private static readonly SearchValues<string> Others = SearchValues.Create(
        [
            "SmartTV", "SMART-TV", "Smart TV", "Android TV", "GoogleTV", "Google TV", "AppleTV", "Apple TV", "BRAVIA", "HbbTV", "NetCast", "Web0S", "webOS.TV", "VIDAA", "Roku", "CrKey", " AFT",
            "PlayStation", "PLAYSTATION", "Xbox", "Nintendo", "Watch", "QtCarBrowser", "Tesla/", "OculusBrowser",
        ],
        StringComparison.Ordinal);

    // Internet Explorer says Tablet PC on every Windows that could take a pen.
    private static readonly SearchValues<string> Tablets = SearchValues.Create(["iPad", "Tablet;", "Tablet)", "Kindle", "PlayBook"], StringComparison.Ordinal);

    private static readonly SearchValues<string> Phones = SearchValues.Create(
        ["Mobi", "iPhone", "iPod", "Windows Phone", "Opera Mini", "BlackBerry", "KAIOS", "Symbian"], StringComparison.Ordinal);

    private static readonly SearchValues<string> Desktops = SearchValues.Create(
        ["Windows NT", "Macintosh", "X11", "CrOS", "Linux x86_64", "Linux i686", "Linux aarch64"], StringComparison.Ordinal);

    /// <summary>The class of the device that a user agent says it runs on.</summary>
    public static DeviceClass Of(string userAgent)
    {
        var text = userAgent.AsSpan();
        return true switch
        {
            _ when text.ContainsAny(Others) => DeviceClass.Other,
            _ when text.ContainsAny(Tablets) => DeviceClass.Tablet,
            _ when text.ContainsAny(Phones) => DeviceClass.Phone,

            // Browsers on Android say Mobile on phones alone.
            _ when text.Contains("Android", StringComparison.Ordinal) || text.Contains("Silk/", StringComparison.Ordinal) => DeviceClass.Tablet,
            _ when text.ContainsAny(Desktops) => DeviceClass.Desktop,
            _ => DeviceClass.Unknown,
        };
    }
}
