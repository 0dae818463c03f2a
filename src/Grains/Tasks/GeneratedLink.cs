using OrleansLinks.Campaigns;
using OrleansLinks.Links;

namespace OrleansLinks.Tasks;

/// <summary>
/// The link of a task whose campaign uses the program's default page. It makes itself as soon as the gates are open, and
/// stays when they shut again. Its code is drawn from a seed of the task's own, so that it is the same however often it is
/// made.
/// </summary>
internal sealed class GeneratedLink(ILinkStore links, IGrainFactory grains, Guid seed)
{
    private string? _code;

    /// <summary>The link; null while there is none.</summary>
    public async Task<LinkDetails?> FindOrMake(TaskTerms terms, DateTimeOffset now)
    {
        if (terms.Campaign.Landing.Mode != LandingMode.ProgramDefault)
        {
            return null;
        }

        _code ??= await FindOrMakeCode(terms, now);
        return _code is not null && await grains.Actor<ILinkGrain>(_code).Resolve() is { } link
            ? LinkCreation.Describe(link, terms)
            : null;
    }

    private async Task<string?> FindOrMakeCode(TaskTerms terms, DateTimeOffset now)
    {
        var link = LinkPolicy.IsOpen(terms, now)
            ? (await new LinkCreation(links, terms, now).Carry(new LinkBatch([new LinkRequest()], LinkCreator.Brand, false, seed)))[0].Value?.Link
            : await links.FindAsync(ShortCodes.Draw(LinkForm.Short, seed, 0, 0));
        return link?.CreationId == ShortCodes.CreationId(seed, 0) ? link.Code : null;
    }
}
