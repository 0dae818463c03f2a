using System.Collections.Immutable;
using OrleansLinks.Tasks;

namespace OrleansLinks.Links;

/// <summary>Creates links of a task, by the settings of one moment.</summary>
internal sealed class LinkCreation(ILinkStore store, TaskTerms terms, DateTimeOffset now)
{
    // 58^8 codes: that eight draws in a row meet codes that are taken does not happen by chance.
    private const int MaxAttempts = 8;

    // As it is stored, so that the answer to a creation says what every later answer says.
    private readonly DateTimeOffset _createdAt = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());

    /// <summary>Carries a batch out; one outcome for each request, in order.</summary>
    public async Task<ImmutableArray<Result<LinkDetails>>> Carry(LinkBatch batch)
    {
        var outcomes = new Result<LinkDetails>?[batch.Links.Length];
        var plans = new LinkPlan?[batch.Links.Length];
        for (var i = 0; i < plans.Length; i++)
        {
            var plan = LinkPolicy.Decide(batch.Links[i], terms, batch.Creator, now);
            plans[i] = plan.Value;
            outcomes[i] = plan.IsOk ? null : await FindOwn(batch, i) ?? Result<LinkDetails>.Refused(plan.Refusal);
        }

        if (!(batch.Atomic && outcomes.Any(outcome => outcome?.IsOk == false)))
        {
            await Store(batch, plans, outcomes);
        }

        var others = Refusal.Conflict("batch_refused", "Another link of this batch was refused, and the batch was to be created as a whole.");
        return [.. outcomes.Select(outcome => outcome ?? others)];
    }

    /// <summary>A link with what the settings make of it.</summary>
    public static LinkDetails Describe(Link link, TaskTerms terms) =>
        new(link, RedirectPolicy.CurrentPage(link.Destination, terms), terms.Program.TrackingHost);

    /// <summary>
    /// The link that an earlier try of the same batch had created before it was cut off, although the settings would no
    /// longer allow it; null when there is none.
    /// </summary>
    private async Task<Result<LinkDetails>?> FindOwn(LinkBatch batch, int index)
    {
        var request = batch.Links[index];
        var link = await store.FindAsync(request.Alias ?? ShortCodes.Draw(request.Form ?? LinkForm.Short, batch.Seed, index, 0));
        return link is not null && link.CreationId == ShortCodes.CreationId(batch.Seed, index) ? Result<LinkDetails>.Ok(Describe(link, terms)) : null;
    }

    private async Task Store(LinkBatch batch, LinkPlan?[] plans, Result<LinkDetails>?[] outcomes)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var open = Enumerable.Range(0, plans.Length).Where(i => outcomes[i] is null).ToArray();
            if (open.Length == 0)
            {
                return;
            }

            var added = await store.AddAsync([.. open.Select(i => Draft(plans[i]!, batch, i, attempt))], batch.Atomic);
            var drawnAgain = false;
            for (var k = 0; k < open.Length; k++)
            {
                var plan = plans[open[k]]!;
                if (!added[k].Added && plan.Alias is not null)
                {
                    var message = $"The alias '{plan.Alias}' is taken; choose another.";
                    outcomes[open[k]] = new Refusal(RefusalKind.Conflict, "alias_taken", message, [new FieldError("alias", message)]);
                }

                drawnAgain |= !added[k].Added && plan.Alias is null;
            }

            if (batch.Atomic && added.Any(one => !one.Added))
            {
                // Nothing was added. An alias that is taken ends the batch; a drawn code that is taken is drawn again.
                if (open.Any(i => outcomes[i] is not null))
                {
                    return;
                }

                continue;
            }

            for (var k = 0; k < open.Length; k++)
            {
                if (added[k].Added)
                {
                    outcomes[open[k]] = Describe(added[k].Link, terms);
                }
            }

            if (!drawnAgain)
            {
                return;
            }
        }

        throw new InvalidOperationException($"No free code was found in {MaxAttempts} draws.");
    }

    private Link Draft(LinkPlan plan, LinkBatch batch, int index, int attempt) => new(
        plan.Alias ?? ShortCodes.Draw(plan.Form, batch.Seed, index, attempt),
        plan.Form,
        terms.Task.Id,
        terms.Task.CampaignId,
        terms.Task.PartnerId,
        terms.Task.ProgramId,
        plan.Target,
        plan.LandingPage,
        plan.SavedPageId,
        plan.Values,
        batch.Creator,
        _createdAt,
        LinkState.Active,
        1,
        ShortCodes.CreationId(batch.Seed, index));
}
