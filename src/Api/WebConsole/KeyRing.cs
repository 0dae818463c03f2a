using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using OrleansLinks.Installation;

namespace OrleansLinks.WebConsole;

/// <summary>The key ring of data protection, kept by an actor: all edges have the same, and a restart changes none.</summary>
internal sealed class KeyRing(IGrainFactory grains) : IXmlRepository
{
    // The interface knows no tasks. The ring is read by whoever signs in first and then once a day, on no actor's thread.
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. Task.Run(grains.Actor<IKeyRingGrain>(IKeyRingGrain.Key).GetAll).GetAwaiter().GetResult().Select(XElement.Parse)];

    public void StoreElement(XElement element, string friendlyName) =>
        Task.Run(() => grains.Actor<IKeyRingGrain>(IKeyRingGrain.Key).Add(element.ToString(SaveOptions.DisableFormatting))).GetAwaiter().GetResult();
}
