using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using OrleansLinks.Installation;

namespace OrleansLinks.WebConsole;

/// <summary>The key ring of data protection, kept by an actor: all edges have the same, and a restart changes none.</summary>
/// <remarks>It is put together with the console, when an edge has not reached a silo yet: the actors are asked for only when it is used.</remarks>
internal sealed class KeyRing(IServiceProvider services) : IXmlRepository
{
    private IKeyRingGrain Ring => services.GetRequiredService<IGrainFactory>().Actor<IKeyRingGrain>(IKeyRingGrain.Key);

    // The interface knows no tasks. The ring is read by whoever signs in first and then once a day, on no actor's thread.
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. Task.Run(() => Ring.GetAll()).GetAwaiter().GetResult().Select(XElement.Parse)];

    public void StoreElement(XElement element, string friendlyName) =>
        Task.Run(() => Ring.Add(element.ToString(SaveOptions.DisableFormatting))).GetAwaiter().GetResult();
}
