using System.Collections.Immutable;
using OrleansLinks.Campaigns;
using OrleansLinks.Links;
using OrleansLinks.Programs;

namespace OrleansLinks.Tasks;

/// <summary>A piece of work in a campaign, assigned to one partner.</summary>
/// <param name="Id">The task's id (<c>tsk_…</c>).</param>
/// <param name="CampaignId">The campaign that it belongs to.</param>
/// <param name="ProgramId">The campaign's program.</param>
/// <param name="PartnerId">The partner that it is assigned to.</param>
/// <param name="Name">Its name, 1 to 200 characters.</param>
/// <param name="Description">What is to be done, at most 10,000 characters.</param>
/// <param name="DueAt">When it is due.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Version">Grows by one with every change.</param>
[GenerateSerializer, Immutable, Alias("TaskInfo")]
public sealed record TaskInfo(
    [property: Id(0)] string Id,
    [property: Id(1)] string CampaignId,
    [property: Id(2)] string ProgramId,
    [property: Id(3)] string PartnerId,
    [property: Id(4)] string Name,
    [property: Id(5)] string? Description,
    [property: Id(6)] DateTimeOffset? DueAt,
    [property: Id(7)] DateTimeOffset CreatedAt,
    [property: Id(8)] long Version);

/// <summary>The fields of a task to set. The partner is set when the task is made and stays.</summary>
[GenerateSerializer, Immutable, Alias("TaskChange")]
public sealed record TaskChange
{
    /// <summary>The partner that it is assigned to; required of a new task, and stays.</summary>
    [Id(0)]
    public Optional<string> PartnerId { get; init; }

    /// <summary>Its name, 1 to 200 characters; required of a new task.</summary>
    [Id(1)]
    public Optional<string> Name { get; init; }

    /// <summary>What is to be done, at most 10,000 characters; null for nothing.</summary>
    [Id(2)]
    public Optional<string> Description { get; init; }

    /// <summary>When it is due; null for any time.</summary>
    [Id(3)]
    public Optional<DateTimeOffset?> DueAt { get; init; }
}

/// <summary>All that decides on a task's links and clicks: the task, its campaign, its program, its partner's part.</summary>
/// <param name="Task">The task.</param>
/// <param name="Campaign">Its campaign.</param>
/// <param name="Program">The campaign's program.</param>
/// <param name="PartnerParticipates">Whether the task's partner is active and takes part in the campaign.</param>
[GenerateSerializer, Immutable, Alias("TaskTerms")]
public sealed record TaskTerms(
    [property: Id(0)] TaskInfo Task,
    [property: Id(1)] CampaignInfo Campaign,
    [property: Id(2)] ProgramInfo Program,
    [property: Id(3)] bool PartnerParticipates);

/// <summary>What a task's page needs to offer the creation of a link.</summary>
/// <param name="CanCreate">Whether a link can be created now.</param>
/// <param name="BlockedBy">Codes of the gates that are shut; empty when a link can be created.</param>
/// <param name="LandingMode">Who decides on the landing page.</param>
/// <param name="SavedPages">The saved pages to choose from; empty in the other modes.</param>
/// <param name="DefaultLandingPage">The program's default page, in the mode that uses it.</param>
/// <param name="Forms">The forms to choose from.</param>
/// <param name="DefaultForm">The form when none is chosen.</param>
/// <param name="PermittedDomains">In the mode in which the page is typed: the hosts that it may have, exact or <c>*.</c> and a domain whose subdomains are meant; empty in the other modes.</param>
[GenerateSerializer, Immutable, Alias("LinkSettings")]
public sealed record LinkSettings(
    [property: Id(0)] bool CanCreate,
    [property: Id(1)] ImmutableArray<string> BlockedBy,
    [property: Id(2)] LandingMode LandingMode,
    [property: Id(3)] ImmutableArray<SavedPage> SavedPages,
    [property: Id(4)] string? DefaultLandingPage,
    [property: Id(5)] ImmutableArray<LinkForm> Forms,
    [property: Id(6)] LinkForm DefaultForm,
    ImmutableArray<string> PermittedDomains)
{
    /// <inheritdoc cref="LinkSettings" path="/param[@name='PermittedDomains']"/>
    // A silo of before this field sends none, which leaves it unset.
    [Id(7)]
    public ImmutableArray<string> PermittedDomains { get => field.IsDefault ? [] : field; init; } = PermittedDomains;
}

/// <summary>A task with what can be done with it.</summary>
/// <param name="Task">The task.</param>
/// <param name="LinkSettings">How links are created for it.</param>
/// <param name="GeneratedLink">The link that made itself, where the campaign uses the program's default page.</param>
[GenerateSerializer, Immutable, Alias("TaskDetails")]
public sealed record TaskDetails(
    [property: Id(0)] TaskInfo Task,
    [property: Id(1)] LinkSettings LinkSettings,
    [property: Id(2)] LinkDetails? GeneratedLink);
