using System.Collections.Immutable;
using OrleansLinks.Access;
using OrleansLinks.Campaigns;
using OrleansLinks.Partners;
using OrleansLinks.Programs;
using OrleansLinks.Tasks;

namespace OrleansLinks.Demo;

/// <summary>
/// A brand, a partner and a creator, and an active campaign of each kind and landing mode with a task for each of them.
/// Made anew at each call, so that its keys can be shown.
/// </summary>
internal sealed class DemoData(IGrainFactory grains, TimeProvider clock)
{
    public async Task Make(TextWriter output)
    {
        var program = await MakeProgram();
        var partners = new[] { await MakePartner("Demo partner", PartnerKind.Partner), await MakePartner("Demo creator", PartnerKind.Creator) };
        await output.WriteLineAsync("  Demo data");
        await output.WriteLineAsync($"      brand    {program.Id}  key {await MakeKey(Role.Brand, program.Id, null)}");
        foreach (var partner in partners)
        {
            await output.WriteLineAsync($"      {partner.Kind.ToString().ToLowerInvariant(),-8} {partner.Id}  key {await MakeKey(Role.Partner, null, partner.Id)}");
        }

        foreach (var kind in Enum.GetValues<CampaignKind>())
        {
            foreach (var mode in Enum.GetValues<LandingMode>())
            {
                var campaign = await MakeCampaign(program.Id, kind, mode);
                await output.WriteLineAsync($"      campaign {campaign.Id}  {campaign.Name}");
                foreach (var partner in partners)
                {
                    Check(await grains.Actor<ICampaignGrain>(campaign.Id).AddParticipant(partner.Id));
                    var task = Check(await grains.Actor<ITaskGrain>(EntityId.New(EntityId.Task, clock)).Create(
                        campaign.Id,
                        new TaskChange { PartnerId = partner.Id, Name = $"Post about the spring collection ({partner.Name})" }));
                    await output.WriteLineAsync($"        task   {task.Task.Id}  for {partner.Name}");
                }
            }
        }
    }

    private async Task<ProgramInfo> MakeProgram() => Check(await grains.Actor<IProgramGrain>(EntityId.New(EntityId.Program, clock)).Create(
        new ProgramChange
        {
            Name = "Demo brand",
            DefaultLandingPage = "https://www.example.com/",
            PermittedDomains = ImmutableArray.Create("example.com", "*.example.com"),
            Currency = "EUR",
            TimeZone = "Europe/Berlin",
        }));

    private async Task<PartnerInfo> MakePartner(string name, PartnerKind kind) => Check(
        await grains.Actor<IPartnerGrain>(EntityId.New(EntityId.Partner, clock)).Create(new PartnerChange { Name = name, Kind = kind }, null));

    private async Task<string> MakeKey(Role role, string? programId, string? partnerId)
    {
        var secret = AccessKeys.New();
        var id = AccessKeys.IdOf(secret);
        await grains.Actor<IAccessKeyGrain>(id).Create(
            new AccessKey(id, "Demo key", role, programId, partnerId, false, null, clock.GetUtcNow()));
        return secret;
    }

    private async Task<CampaignInfo> MakeCampaign(string programId, CampaignKind kind, LandingMode mode)
    {
        var grain = grains.Actor<ICampaignGrain>(EntityId.New(EntityId.Campaign, clock));
        Check(await grain.Create(programId, new CampaignChange
        {
            Name = $"Spring {kind} campaign, {mode}",
            Kind = kind,
            Tracking = new CampaignTrackingChange { ClicksAndConversions = true },
            PayForPerformance = new PayForPerformanceChange { Enabled = true, Terms = new PayoutTerms(PayoutModel.Percentage, null, 10m) },
            Landing = new CampaignLandingChange
            {
                Mode = mode,
                SavedPages = ImmutableArray.Create<SavedPageChange?>(
                    new SavedPageChange(Name: "Spring collection", Url: "https://www.example.com/spring"),
                    new SavedPageChange(Name: "Sale", Url: "https://www.example.com/sale?ref=spring")),
            },
        }));
        return Check(await grain.MoveTo(CampaignStatus.Active, null));
    }

    private static T Check<T>(Result<T> result)
        where T : class => result.IsOk ? result.Value : throw new InvalidOperationException($"The demo data was refused: {result.Refusal.Message}");
}
