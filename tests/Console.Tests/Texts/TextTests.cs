using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using OrleansLinks.Access;
using OrleansLinks.Campaigns;
using OrleansLinks.Links;
using OrleansLinks.Partners;

namespace OrleansLinks.ConsoleTests.Texts;

public sealed partial class TextTests
{
    /// <summary>Keys that are put together with the name of an enumeration's value.</summary>
    private static readonly (string Key, Type Values)[] Enumerated =
    [
        ("Common.Role*", typeof(Role)),
        ("Keys.Lead*", typeof(Role)),
        ("Links.State*", typeof(LinkState)),
        ("Links.By*", typeof(LinkCreator)),
        ("Tasks.Mode*", typeof(LandingMode)),
        ("Campaigns.Kind*", typeof(CampaignKind)),
        ("Campaigns.Kind*Help", typeof(CampaignKind)),
        ("Campaigns.Mode*", typeof(LandingMode)),
        ("Campaigns.Mode*Help", typeof(LandingMode)),
        ("Campaigns.Status*", typeof(CampaignStatus)),
        ("Campaigns.None*Title", typeof(CampaignStatus)),
        ("Campaigns.None*Text", typeof(CampaignStatus)),
        ("Campaigns.PartnerKind*", typeof(PartnerKind)),
        ("Campaigns.PartnerState*", typeof(PartnerState)),
        ("Partners.Kind*", typeof(PartnerKind)),
        ("Partners.State*", typeof(PartnerState)),
    ];

    /// <summary>Texts in which a word of the vocabulary means something else, or in which a language says without it what is meant.</summary>
    private static readonly string[] OtherMeanings = ["Keys.LeadBrand", "Keys.LeadPartner", "Campaigns.PartnerHelp", "Programs.TrackingHostHelp"];

    /// <summary>What every language calls the things that it is all about, as the product's vocabulary has them.</summary>
    public static TheoryData<string, string, string> Vocabulary { get; } = new()
    {
        { "program", "项目", "プログラム" },
        { "campaign", "活动", "キャンペーン" },
        { "task", "任务", "タスク" },
        { "partner", "合作伙伴", "パートナー" },
        { "creator", "创作者", "クリエイター" },
        { "landing page", "落地页", "ランディングページ" },
        { "tracking link", "跟踪链接", "トラッキングリンク" },
        { "click and conversion tracking", "点击和转化跟踪", "クリックおよびコンバージョントラッキング" },
        { "pay for performance", "绩效付费", "成果報酬" },
        { "Sub ID", "子 ID", "サブID" },
        { "Shared ID", "共享 ID", "共有ID" },
    };

    [Fact]
    public void Every_text_that_the_sources_name_is_there() => TextFiles.Named.Where(key => !TextFiles.English.ContainsKey(key)).AreNone();

    [Fact]
    public void Every_text_whose_key_is_put_together_is_there()
    {
        TextFiles.Composed.Where(pattern => !TextFiles.English.Keys.Any(key => Matches(pattern, key))).AreNone();
        Enumerated
            .Where(one => TextFiles.Composed.Contains(one.Key))
            .SelectMany(one => Enum.GetNames(one.Values).Select(name => one.Key.Replace("*", name, StringComparison.Ordinal)))
            .Where(key => !TextFiles.English.ContainsKey(key)).AreNone();
    }

    [Fact]
    public void No_text_is_there_for_nothing() => TextFiles.English.Keys
        .Where(key => !key.StartsWith("Problems.", StringComparison.Ordinal) && !key.StartsWith("Library.", StringComparison.Ordinal))
        .Where(key => !TextFiles.Named.Contains(key) && !TextFiles.Composed.Any(pattern => Matches(pattern, key))).AreNone();

    [Fact]
    public void Every_text_is_there_in_every_language_with_the_same_values_in_it()
    {
        foreach (var (tag, texts) in TextFiles.ByLanguage)
        {
            Assert.Equal(TextFiles.English.Keys, texts.Keys);
            texts.Where(text => string.IsNullOrWhiteSpace(text.Value)).Select(text => $"{tag} {text.Key}").AreNone();
            texts.Where(text => !ValuesIn(text.Value).SetEquals(ValuesIn(TextFiles.English[text.Key]))).Select(text => $"{tag} {text.Key}: {text.Value}").AreNone();
        }
    }

    [Theory]
    [InlineData("zh-Hans")]
    [InlineData("ja")]
    public void No_text_was_left_in_English(string tag) => TextFiles.ByLanguage[tag]
        .Where(text => text.Value == TextFiles.English[text.Key] && Words().IsMatch(Name().Replace(text.Value, "")))
        .Select(text => $"{text.Key}: {text.Value}").AreNone();

    [Theory]
    [MemberData(nameof(Vocabulary))]
    public void Things_are_called_what_the_vocabulary_calls_them(string english, string chinese, string japanese)
    {
        var term = new Regex($@"(?<!\{{)\b{english}s?\b", RegexOptions.IgnoreCase);
        foreach (var (tag, word) in new[] { ("zh-Hans", chinese), ("ja", japanese) })
        {
            TextFiles.English
                .Where(text => term.IsMatch(text.Value) && !OtherMeanings.Contains(text.Key))
                .Select(text => (text.Key, text.Value, Translated: TextFiles.ByLanguage[tag][text.Key]))
                .Where(text => !Spaceless(text.Translated).Contains(Spaceless(word), StringComparison.Ordinal))
                .Select(text => $"{text.Key}: {text.Value} | {text.Translated}").AreNone();
        }
    }

    [Fact]
    public void Texts_of_the_component_library_are_those_that_it_has()
    {
        var library = new ResourceManager("MudBlazor.Resources.LanguageResource", typeof(MudBlazor.MudButton).Assembly);
        TextFiles.English.Keys.Where(key => key.StartsWith("Library.", StringComparison.Ordinal) && library.GetString(key["Library.".Length..], CultureInfo.InvariantCulture) is null).AreNone();
    }

    private static bool Matches(string pattern, string key) => Regex.IsMatch(key, $"^{Regex.Escape(pattern).Replace("\\*", ".+", StringComparison.Ordinal)}$");

    private static string Spaceless(string text) => text.Replace(" ", "", StringComparison.Ordinal);

    private static HashSet<string> ValuesIn(string text) => [.. Value().Matches(text).Select(match => match.Groups[1].Value)];

    [GeneratedRegex(@"\{(\d+)(?::[^}]*)?\}")]
    private static partial Regex Value();

    [GeneratedRegex(@"\p{L}{3,}")]
    private static partial Regex Words();

    // What is called the same everywhere.
    [GeneratedRegex(@"OrleansLinks|Orleans|Param|https?://\S*|[A-Z]{2,}|\w+\.example\b\S*|\{\d+\}")]
    private static partial Regex Name();
}
