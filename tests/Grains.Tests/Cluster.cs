using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using OrleansLinks.Campaigns;
using OrleansLinks.Clicks;
using OrleansLinks.Links;
using OrleansLinks.Partners;
using OrleansLinks.Programs;
using OrleansLinks.Storage;
using OrleansLinks.Storage.Sqlite;
using OrleansLinks.Tasks;

[assembly: AssemblyFixture(typeof(OrleansLinks.Cluster))]

namespace OrleansLinks;

/// <summary>Two silos over one SQLite database in a folder of its own; each test makes what it needs.</summary>
public sealed class Cluster : IAsyncLifetime
{
    private readonly string _path = System.IO.Directory.CreateTempSubdirectory("orleanslinks-").FullName;
    private DataFolder _folder = null!;
    private ServiceProvider _stores = null!;
    private InProcessTestCluster _cluster = null!;

    public IGrainFactory Grains => _cluster.Client;

    /// <summary>The history of settings, as the actors have it.</summary>
    public History.ISettingsHistory History => _stores.GetRequiredService<History.ISettingsHistory>();

    public async ValueTask InitializeAsync()
    {
        _folder = DataFolder.Open(_path);
        _stores = new ServiceCollection().AddLogging().AddSingleton(_folder).AddSqliteStores(_path).BuildServiceProvider();
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureSilo((_, silo) => silo.AddSqliteGrainStorage(_path).Services.AddLedgerPlacement());
        builder.ConfigureSiloHost((_, host) => host.Services
            .AddSingleton(_folder)
            .AddSingleton<LedgerMetrics>()
            .AddSingleton<ChangeStamps>()
            .AddSingleton<SettingsChanges>()
            .AddSingleton(_stores.GetRequiredService<IChangeStore>())
            .AddSingleton(_stores.GetRequiredService<ILinkStore>())
            .AddSingleton(_stores.GetRequiredService<ILedgerStore>())
            .AddSingleton(_stores.GetRequiredService<Conversions.IConversionStore>())
            .AddSingleton(_stores.GetRequiredService<History.ISettingsHistory>())
            .AddSingleton(_stores.GetRequiredService<Exports.IExportStore>())
            .AddSingleton(_stores.GetRequiredService<Webhooks.IWebhookFeedStore>())
            .AddSingleton(_stores.GetRequiredService<Webhooks.IWebhookDeliveryStore>())
            .AddSingleton(new Webhooks.WebhookOptions())
            .AddSingleton<Webhooks.WebhookTransport>()
            .AddSingleton(_stores.GetRequiredService<Directory.IDirectoryStore>())
            .AddSingleton(_stores.GetRequiredService<Access.IIdempotencyStore>())
            .AddSingleton(TimeProvider.System));
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _stores.DisposeAsync();
        _folder.Dispose();
        System.IO.Directory.Delete(_path, recursive: true);
    }

    /// <summary>Ends all activations, so that the next call reads what is on disk.</summary>
    public Task ForgetActivations() => Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);

    /// <summary>The directory, as the actors have it.</summary>
    public Directory.IDirectoryStore Directory => _stores.GetRequiredService<Directory.IDirectoryStore>();

    public static string NewId(string prefix) => EntityId.New(prefix, TimeProvider.System);

    public async Task<ProgramInfo> NewProgram() => (await Grains.GetGrain<IProgramGrain>(NewId(EntityId.Program)).Create(new ProgramChange
    {
        Name = "Brand",
        DefaultLandingPage = "https://www.example.com/",
        Currency = "EUR",
        TimeZone = "UTC",
    })).Value!;

    public async Task<PartnerInfo> NewPartner() => (await Grains.GetGrain<IPartnerGrain>(NewId(EntityId.Partner)).Create(
        new PartnerChange { Name = "Partner", Kind = PartnerKind.Partner }, null)).Value!;

    /// <summary>A campaign with open gates but for its status.</summary>
    public async Task<CampaignInfo> NewCampaign(LandingMode mode, CampaignStatus status = CampaignStatus.Active, PayoutCap? cap = null)
    {
        var grain = Grains.GetGrain<ICampaignGrain>(NewId(EntityId.Campaign));
        var campaign = await grain.Create((await NewProgram()).Id, new CampaignChange
        {
            Name = "Campaign",
            Kind = CampaignKind.Performance,
            Tracking = new CampaignTrackingChange { ClicksAndConversions = true },
            PayForPerformance = new PayForPerformanceChange { Enabled = true, Terms = new PayoutTerms(PayoutModel.Percentage, null, 5m, Cap: cap) },
            Landing = new CampaignLandingChange { Mode = mode },
        });
        return status == CampaignStatus.Draft ? campaign.Value! : (await grain.MoveTo(status, null)).Value!;
    }

    /// <summary>A task of a partner that takes part.</summary>
    public async Task<ITaskGrain> NewTask(CampaignInfo campaign)
    {
        var partner = await NewPartner();
        await Grains.GetGrain<ICampaignGrain>(campaign.Id).AddParticipant(partner.Id);
        var task = Grains.GetGrain<ITaskGrain>(NewId(EntityId.Task));
        var made = await task.Create(campaign.Id, new TaskChange { PartnerId = partner.Id, Name = "Task" });
        Assert.True(made.IsOk);
        return task;
    }

    /// <summary>Creates a link.</summary>
    public static async Task<Result<LinkDetails>> Create(ITaskGrain task, LinkRequest request) =>
        (await task.CreateLinks(new LinkBatch([request], LinkCreator.Partner, false, EntityId.NewSeed(TimeProvider.System))))[0];
}
