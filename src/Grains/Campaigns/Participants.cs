using System.Collections.Immutable;
using OrleansLinks.Directory;

namespace OrleansLinks.Campaigns;

/// <summary>
/// Who takes part in a campaign: rows in the directory, which may be many. Only the campaign's actor changes them, so it
/// remembers those that it was asked for.
/// </summary>
internal sealed class Participants(IDirectoryStore directory, SettingsChanges changes, string campaignId)
{
    private const int MaxKnown = 10_000;

    private readonly Dictionary<string, bool> _known = [];
    private int _writes;

    public async Task Add(string partnerId, string programId)
    {
        // Who once worked with a program stays on these lists: what came of it is there to be read.
        await Change(
            partnerId,
            directory.AddAsync(
            [
                .. EntriesOf(partnerId),
                new DirectoryEntry(DirectoryLists.PartnersOf(programId), partnerId),
                new DirectoryEntry(DirectoryLists.ProgramsWith(partnerId), programId),
                new DirectoryEntry(DirectoryLists.EverIn(campaignId), partnerId),
            ]),
            true);
    }

    public async Task Remove(string partnerId)
    {
        await Change(partnerId, directory.RemoveAsync(EntriesOf(partnerId)), false);
    }

    public async ValueTask<bool> Contains(string partnerId)
    {
        if (_known.TryGetValue(partnerId, out var participates))
        {
            return participates;
        }

        var writes = _writes;
        participates = await directory.ContainsAsync(EntriesOf(partnerId)[0]);

        // What was read while a change went on may be from before it.
        if (writes == _writes)
        {
            Keep(partnerId, participates);
        }

        return participates;
    }

    private ImmutableArray<DirectoryEntry> EntriesOf(string partnerId) =>
    [
        new(DirectoryLists.ParticipantsOf(campaignId), partnerId),
        new(DirectoryLists.CampaignsWith(partnerId), campaignId),
    ];

    private async Task Change(string partnerId, Task write, bool participates)
    {
        try
        {
            await write;
            Keep(partnerId, participates);
        }
        catch
        {
            // Whether it was written is not known: ask again.
            _known.Remove(partnerId);
            throw;
        }
        finally
        {
            _writes++;
        }

        await changes.Publish(campaignId);
    }

    private void Keep(string partnerId, bool participates)
    {
        if (_known.Count >= MaxKnown)
        {
            _known.Clear();
        }

        _known[partnerId] = participates;
    }
}
