using System.Collections.Immutable;
using System.Runtime.InteropServices;
using OrleansLinks.Clicks;
using OrleansLinks.Conversions;
using OrleansLinks.Links;

namespace OrleansLinks.Reports;

/// <summary>Answers a <see cref="ReportQuery"/> from segments.</summary>
internal sealed class ReportAggregation
{
    /// <summary>Rows of a segment that are looked at together.</summary>
    private const int AtOnce = 512;

    private const int LinkList = 0;
    private const int CountryList = 1;
    private const int FirstValueList = 2;

    private readonly ReportQuery _query;
    private readonly (Guid? Campaign, Guid? Task, Guid? Partner) _filter;
    private readonly ReportGroups[] _values;

    // What groups consist of, by the numbers that they have here.
    private readonly OrderedDictionary<TaskIds, int> _owners = [];
    private readonly TextNumbers[] _texts = TextNumbers.ForSegment();
    private readonly Dictionary<GroupKey, int> _groups = [];
    private readonly List<GroupKey> _keys = [];
    private readonly Walk _walk;
    private long[] _sums = new long[64 * ReportSegment.Measures];

    public ReportAggregation(ReportQuery query)
    {
        _query = query;
        _filter = (
            query.Filter.CampaignId is { } campaign ? EntityId.Parse(campaign, EntityId.Campaign) : null,
            query.Filter.TaskId is { } task ? EntityId.Parse(task, EntityId.Task) : null,
            query.Filter.PartnerId is { } partner ? EntityId.Parse(partner, EntityId.Partner) : null);
        _walk = new Walk(this);
        _values = [ReportGroups.SubId1, ReportGroups.SubId2, ReportGroups.SubId3, ReportGroups.SharedId, ReportGroups.Param];
        FirstDay = LedgerTime.DayNumberOf(query.Edges[0]);
        LastDay = LedgerTime.DayNumberOf(query.Edges[^1] - 1);
    }

    /// <summary>The first UTC day to read.</summary>
    public int FirstDay { get; }

    /// <summary>The last UTC day to read.</summary>
    public int LastDay { get; }

    /// <summary>Which segments to read beside the plain ones.</summary>
    public SegmentKind Valued => (_query.Groups & ReportGroups.Values) != 0 ? SegmentKind.Valued : SegmentKind.Reduced;

    /// <summary>Whether there are more groups than may be answered.</summary>
    public bool IsTooLarge => _keys.Count > _query.MaxRows;

    /// <summary>Adds what is not a segment yet, if it is asked for.</summary>
    public void Add(int day, SegmentKind kind, SegmentBuilder builder)
    {
        if (day >= FirstDay && day <= LastDay)
            Add(day, kind, new ReportSegment(builder.Write()));
    }

    /// <summary>Adds a segment of a UTC day, if it is of a kind that is asked for.</summary>
    public void Add(int day, SegmentKind kind, ReportSegment segment)
    {
        if (kind != SegmentKind.Plain && kind != Valued)
            return;

        var stretches = StretchesOf(day);
        var owners = Array.ConvertAll(segment.Tasks, OwnerOf);
        if (Array.TrueForAll(stretches, static stretch => stretch < 0) || Array.TrueForAll(owners, static owner => owner < 0))
            return;

        var links = Has(ReportGroups.Link) || _query.Filter.LinkCode is not null ? Array.ConvertAll(segment.TextsOf(LinkList), LinkOf) : new int[segment.CountOf(LinkList)];
        var countries = Has(ReportGroups.Country) ? Array.ConvertAll(segment.TextsOf(CountryList), _texts[CountryList].Of) : new int[segment.CountOf(CountryList)];
        int[]?[] values = [.. _values.Select((group, i) => Has(group) ? Array.ConvertAll(segment.TextsOf(FirstValueList + i), _texts[FirstValueList + i].Of) : null)];
        _walk.Run(new Axis(stretches), new Axis(owners), new Axis(links), new Axis(countries), values, segment);
    }

    /// <summary>The groups; those of equal stretches are together, in the order of time.</summary>
    public ImmutableArray<ReportRow> Rows()
    {
        // Of a conversion that was taken back, where nobody clicked, nothing is left.
        var rows = ImmutableArray.CreateBuilder<ReportRow>(_keys.Count);
        for (var group = 0; group < _keys.Count; group++)
        {
            if (_sums.AsSpan(group * ReportSegment.Measures, ReportSegment.Measures).ContainsAnyExcept(0L))
                rows.Add(RowOf(group));
        }

        rows.Sort(static (a, b) => a.Stretch.CompareTo(b.Stretch));
        return rows.DrainToImmutable();
    }

    private ReportRow RowOf(int group)
    {
        var key = _keys[group];
        var owner = _owners.GetAt(key.Owner).Key;
        var sums = _sums.AsSpan(group * ReportSegment.Measures, ReportSegment.Measures);
        return new ReportRow(
            key.Stretch,
            Has(ReportGroups.Campaign) ? EntityId.From(EntityId.Campaign, owner.Campaign) : null,
            Has(ReportGroups.Task) ? EntityId.From(EntityId.Task, owner.Task) : null,
            Has(ReportGroups.Partner) ? EntityId.From(EntityId.Partner, owner.Partner) : null,
            _texts[LinkList].TextOf(key.Link),
            _texts[CountryList].TextOf(key.Country),
            Has(ReportGroups.Device) ? (DeviceClass)key.Device : null,
            new ReportingValues(_texts[2].TextOf(key.SubId1), _texts[3].TextOf(key.SubId2), _texts[4].TextOf(key.SubId3), _texts[5].TextOf(key.SharedId), _texts[6].TextOf(key.Param)),
            new ReportTotals(sums[0], sums[1], sums[2], sums[3], sums[4], MoneyUnits.ToAmount(sums[5]), MoneyUnits.ToAmount(sums[6])));
    }

    private bool Has(ReportGroups group) => (_query.Groups & group) != 0;

    /// <summary>For each slot of a day, its stretch of time, or −1 for one that is not asked for.</summary>
    private int[] StretchesOf(int day)
    {
        var edges = _query.Edges.AsSpan();
        var stretches = new int[ReportTuple.SlotsPerDay];
        for (var slot = 0; slot < stretches.Length; slot++)
        {
            var found = edges.BinarySearch((day * LedgerTime.SecondsPerDay) + (slot * ReportTuple.SecondsPerSlot));
            var stretch = found < 0 ? ~found - 1 : found;
            stretches[slot] = stretch < 0 || stretch == edges.Length - 1 ? -1 : Has(ReportGroups.Time) ? stretch : 0;
        }

        return stretches;
    }

    /// <summary>A task as far as it is grouped by; −1 for one that is not asked for.</summary>
    private int OwnerOf(TaskIds task)
    {
        if ((_filter.Campaign is { } campaign && campaign != task.Campaign)
            || (_filter.Task is { } only && only != task.Task)
            || (_filter.Partner is { } partner && partner != task.Partner))
        {
            return -1;
        }

        _owners.TryAdd(
            new TaskIds(
                Has(ReportGroups.Task) ? task.Task : default,
                Has(ReportGroups.Campaign) ? task.Campaign : default,
                Has(ReportGroups.Partner) ? task.Partner : default),
            0,
            out var number);
        return number;
    }

    private int LinkOf(string? code) => _query.Filter.LinkCode is { } only && only != code ? -1 : Has(ReportGroups.Link) ? _texts[LinkList].Of(code) : 0;

    private int GroupOf(in GroupKey key)
    {
        ref var group = ref CollectionsMarshal.GetValueRefOrAddDefault(_groups, key, out var isThere);
        if (isThere)
            return group;

        group = _keys.Count;
        _keys.Add(key);
        if (_keys.Count * ReportSegment.Measures > _sums.Length)
            Array.Resize(ref _sums, 2 * _sums.Length);

        return group;
    }

    private readonly record struct GroupKey(int Stretch, int Owner, int Link, int Country, int Device, int SubId1, int SubId2, int SubId3, int SharedId, int Param)
    {
        public override int GetHashCode() => HashCode.Combine(Stretch, Owner, Link, Country | (Device << 16), SubId1, SubId2, SubId3, HashCode.Combine(SharedId, Param));
    }

    /// <summary>The numbers here of what a segment numbers in its own way, numbered without gaps once more, so that groups of a segment are found by place.</summary>
    private sealed class Axis
    {
        public Axis(int[] numbers)
        {
            Numbers = numbers;
            Places = new int[numbers.Length];
            var places = new Dictionary<int, int>();
            for (var i = 0; i < numbers.Length; i++)
            {
                ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(places, numbers[i], out var isThere);
                Places[i] = numbers[i] < 0 ? -1 : isThere ? place : place = places.Count - 1;
            }

            Length = places.Count;
        }

        /// <summary>−1 for what is not asked for.</summary>
        public int[] Numbers { get; }

        public int[] Places { get; }

        public int Length { get; }
    }

    /// <summary>A walk over the rows of a segment.</summary>
    private sealed class Walk
    {
        private const int Devices = 8;

        private readonly ReportAggregation _all;
        private readonly int[][] _columns = [.. Enumerable.Range(0, ReportSegment.Dimensions).Select(_ => new int[AtOnce])];
        private readonly int[] _groupOf = new int[AtOnce];
        private readonly long[] _measure = new long[AtOnce];
        private Axis _stretches = new([]);
        private Axis _owners = new([]);
        private Axis _links = new([]);
        private Axis _countries = new([]);
        private int[]?[] _values = [];
        private ReportSegment _segment = null!;
        private bool _isByPlace;

        // The groups of this segment by their places along the axes, 0 for one that was not met yet.
        private int[] _known = [];

        public Walk(ReportAggregation all) => _all = all;

        public void Run(Axis stretches, Axis owners, Axis links, Axis countries, int[]?[] values, ReportSegment segment)
        {
            (_stretches, _owners, _links, _countries, _values, _segment) = (stretches, owners, links, countries, values, segment);

            // Where there would be many more places than rows, groups are found by what they consist of, each time.
            var places = (long)stretches.Length * owners.Length * links.Length * countries.Length * Devices;
            _isByPlace = Array.TrueForAll(values, static value => value is null) && places <= (8L * segment.Rows) + 4096;
            if (_isByPlace)
            {
                Array.Resize(ref _known, Math.Max(_known.Length, (int)places));
                Array.Clear(_known, 0, (int)places);
            }

            for (var first = 0; first < segment.Rows; first += AtOnce)
            {
                var length = Math.Min(AtOnce, segment.Rows - first);
                for (var column = 0; column < _columns.Length; column++)
                {
                    if (column < 5 || values[column - 5] is not null)
                        segment.Read(column, first, _columns[column].AsSpan(0, length));
                }

                for (var i = 0; i < length; i++)
                    _groupOf[i] = GroupOf(i);

                for (var measure = 0; measure < ReportSegment.Measures; measure++)
                {
                    if (!segment.IsZero(ReportSegment.Dimensions + measure))
                        Sum(measure, first, length);
                }
            }
        }

        private void Sum(int measure, int first, int length)
        {
            _segment.Read(ReportSegment.Dimensions + measure, first, _measure.AsSpan(0, length));
            var sums = _all._sums;
            for (var i = 0; i < length; i++)
            {
                if (_groupOf[i] >= 0)
                    sums[(_groupOf[i] * ReportSegment.Measures) + measure] += _measure[i];
            }
        }

        private int GroupOf(int row)
        {
            var (slot, task, link, country) = (_columns[0][row], _columns[2][row], _columns[3][row], _columns[4][row]);
            var device = _all.Has(ReportGroups.Device) ? _columns[1][row] : 0;
            if ((_stretches.Numbers[slot] | _owners.Numbers[task] | _links.Numbers[link]) < 0)
                return -1;

            if (!_isByPlace)
                return Find();

            var place = (((((((_stretches.Places[slot] * _owners.Length) + _owners.Places[task]) * _links.Length) + _links.Places[link]) * _countries.Length) + _countries.Places[country]) * Devices) + device;
            ref var known = ref _known[place];
            if (known == 0)
                known = Find() + 1;

            return known - 1;

            int Find() => _all.GroupOf(new GroupKey(
                _stretches.Numbers[slot], _owners.Numbers[task], _links.Numbers[link], _countries.Numbers[country], device,
                Value(0), Value(1), Value(2), Value(3), Value(4)));

            int Value(int which) => _values[which] is { } numbers ? numbers[_columns[5 + which][row]] : 0;
        }
    }
}
