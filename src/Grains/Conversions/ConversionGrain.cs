using OrleansLinks.Campaigns;
using OrleansLinks.Clicks;
using OrleansLinks.Programs;
using OrleansLinks.Tasks;

namespace OrleansLinks.Conversions;

/// <summary>
/// One order's conversion. What was written is in the store; should there be two activations for a moment, the one whose step
/// does not begin where the row is reads it again and decides anew.
/// </summary>
[GrainType("conversion")]
internal sealed class ConversionGrain(IConversionStore store, ILedgerStore ledger, TimeProvider clock) : Grain, IConversionGrain
{
    // What the store has; null where that is not known, or nothing.
    private ConversionDetails? _details;
    private IGrainTimer? _leaving;

    private Guid Id => EntityId.Parse(this.GetPrimaryKeyString(), EntityId.Conversion);

    public async Task<Result<ReportedConversion>> Report(ConversionReport report)
    {
        if (await Read() is { } known)
        {
            await TryOtherClick(known.Conversion, report);
            known = (await Read())!;
            return new ReportedConversion(known.Conversion.CreationId == report.CreationId, known);
        }

        if (await GrainFactory.Actor<IProgramGrain>(report.ProgramId).Get() is not { } program)
        {
            return Refusal.NotFound("program");
        }

        var reported = ConversionRules.Read(Id, report, program, clock.GetUtcNow());
        if (!reported.IsOk)
        {
            LeaveIfEmpty();
            return reported.Refusal;
        }

        if (!await Take(await Attribute(reported.Value, program)))
        {
            known = (await Read())!;
            return new ReportedConversion(known.Conversion.CreationId == report.CreationId, known);
        }

        // A click that was recorded while this was on its way has looked for conversions that wait before this one did.
        await Match();
        return new ReportedConversion(true, _details!);
    }

    public Task<ConversionDetails?> Get() => ReadOrLeave();

    public async Task<ExplainedConversion?> Explain()
    {
        if (await ReadOrLeave() is not { Conversion: var conversion })
        {
            return null;
        }

        var (click, termsOfClick) = await FindClick(conversion);
        var terms = termsOfClick ?? await FindTerms(conversion);
        var program = (await GrainFactory.Actor<IProgramGrain>(conversion.ProgramId).Get())!;
        return new ExplainedConversion(conversion, ConversionExplanation.Explain(conversion, click, terms, program.TimeZone, clock.GetUtcNow()));
    }

    public Task<Result<ConversionDetails>> Adjust(Money? amount, string? reason) => Change(async conversion =>
        ConversionRules.Adjust(conversion, amount, reason, await FindTerms(conversion), clock.GetUtcNow()));

    public Task<Result<ConversionDetails>> Reverse(string? reason) => Change(conversion =>
        Task.FromResult(ConversionRules.Reverse(conversion, reason, clock.GetUtcNow())));

    public async Task Match()
    {
        while (await Read() is { Conversion: { State: ConversionState.WaitingForClick } waiting })
        {
            var program = (await GrainFactory.Actor<IProgramGrain>(waiting.ProgramId).Get())!;
            var choice = await Attribute(waiting, program);
            if (choice.Step!.After.State == ConversionState.WaitingForClick)
            {
                if (clock.GetUtcNow() - waiting.ReportedAt < ConversionRules.LongestWait)
                {
                    return;
                }

                choice = ConversionRules.GiveUp(waiting, clock.GetUtcNow());
            }

            await Take(choice);
        }
    }

    /// <summary>An order that belongs to no click yet takes one that it is reported with later: the first may have been mistyped.</summary>
    private async Task TryOtherClick(Conversion known, ConversionReport report)
    {
        if (ConversionRules.WithOtherClick(known, report) is { } other
            && await GrainFactory.Actor<IProgramGrain>(known.ProgramId).Get() is { } program
            && await Attribute(other, program) is { Step.After.Attribution: not null } choice)
        {
            await Take(choice);
        }
    }

    private async Task<Result<ConversionDetails>> Change(Func<Conversion, Task<Result<ConversionChoice>>> decide)
    {
        while (true)
        {
            if (await ReadOrLeave() is not { } details)
            {
                return Refusal.NotFound("conversion");
            }

            var choice = await decide(details.Conversion);
            if (!choice.IsOk)
            {
                return choice.Refusal;
            }

            if (choice.Value.Step is null || await Take(choice.Value))
            {
                return _details!;
            }
        }
    }

    private async Task<ConversionChoice> Attribute(Conversion conversion, ProgramInfo program)
    {
        var (click, terms) = await FindClick(conversion);
        return ConversionRules.Attribute(conversion, click, terms, program, clock.GetUtcNow());
    }

    /// <summary>The click that it was reported with, and the terms that it is paid by; those of another program are nobody's business.</summary>
    private async Task<(Click? Click, TermsVersion? Terms)> FindClick(Conversion conversion)
    {
        var click = (await ledger.FindClickAsync(conversion.ClickId))?.Click;
        return (click, click?.ProgramId == conversion.ProgramId
            ? await GrainFactory.Actor<ICampaignGrain>(click.CampaignId).GetTermsOf(click.At, click.Settings?.CampaignVersion)
            : null);
    }

    private async Task<TermsVersion?> FindTerms(Conversion conversion) => conversion.Attribution is { } attribution
        ? await GrainFactory.Actor<ICampaignGrain>(attribution.CampaignId).GetTermsOf(attribution.ClickedAt, attribution.TermsVersion)
        : null;

    /// <summary>Writes a step.</summary>
    /// <returns>Whether it was written; otherwise the conversion is to be read again.</returns>
    private async Task<bool> Take(ConversionChoice choice)
    {
        // Should it fail, nobody knows what the store has.
        var entries = _details?.Entries ?? [];
        _details = null;
        var written = await store.WriteAsync(choice.Step!, choice.BeyondCap, choice.Cap);
        if (written.Step is not { } step)
        {
            return false;
        }

        _details = new ConversionDetails(step.After, entries.Add(step.Entry));
        if (written.Task is var (taskId, totals))
        {
            GrainFactory.Actor<ITaskGrain>(taskId).ShowCounters(totals).Ignore();
        }

        return true;
    }

    private async Task<ConversionDetails?> Read() => _details ??= await store.FindAsync(Id);

    /// <summary>Ends an activation that was made for a key that nothing is behind.</summary>
    private async Task<ConversionDetails?> ReadOrLeave()
    {
        var details = await Read();
        LeaveIfEmpty();
        return details;
    }

    private void LeaveIfEmpty()
    {
        if (_details is null)
        {
            _leaving ??= this.LeaveSoon(() => _details is null);
        }
    }
}
