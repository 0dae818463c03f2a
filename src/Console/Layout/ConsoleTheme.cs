using MudBlazor;

namespace OrleansLinks.WebConsole.Layout;

/// <summary>Colours and letters. Every pair of text and ground that is used has a contrast of at least 4.5 (WCAG 2.2 AA).</summary>
internal static class ConsoleTheme
{
    private static readonly string[] Letters = ["Inter", "system-ui", "-apple-system", "Segoe UI", "PingFang SC", "Hiragino Sans", "Microsoft YaHei", "Yu Gothic", "Noto Sans CJK SC", "Noto Sans CJK JP", "sans-serif"];

    public static MudTheme Theme { get; } = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#3b3fc4",
            PrimaryContrastText = "#ffffff",
            Secondary = "#0b7a75",
            SecondaryContrastText = "#ffffff",
            Tertiary = "#8a3ffc",
            Info = "#0b62c4",
            Success = "#15703c",
            Warning = "#8f5300",
            Error = "#b3261e",
            Background = "#f6f7fb",
            Surface = "#ffffff",
            AppbarBackground = "#ffffff",
            AppbarText = "#1c1f33",
            DrawerBackground = "#ffffff",
            DrawerText = "#3a3f58",
            DrawerIcon = "#565c78",
            TextPrimary = "#1c1f33",
            TextSecondary = "#565c78",
            TextDisabled = "#6b7088",
            ActionDefault = "#565c78",
            ActionDisabled = "#6b7088",
            LinesDefault = "#e4e6f0",
            LinesInputs = "#878da8",
            TableLines = "#e9ebf3",
            TableHover = "#f4f5fb",
            Divider = "#e4e6f0",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#a9acff",
            PrimaryContrastText = "#14163a",
            Secondary = "#5fd4cd",
            SecondaryContrastText = "#06302e",
            Tertiary = "#c9a6ff",
            Info = "#8ec2ff",
            Success = "#7bd89b",
            Warning = "#f0b860",
            Error = "#ffb4ab",
            ErrorContrastText = "#5f120d",
            Background = "#12141f",
            Surface = "#1a1d2b",
            AppbarBackground = "#1a1d2b",
            AppbarText = "#e8eaf6",
            DrawerBackground = "#1a1d2b",
            DrawerText = "#c3c8de",
            DrawerIcon = "#a4aac6",
            TextPrimary = "#e8eaf6",
            TextSecondary = "#a9afca",
            TextDisabled = "#8f95b0",
            ActionDefault = "#a9afca",
            ActionDisabled = "#8f95b0",
            LinesDefault = "#2c3044",
            LinesInputs = "#757b97",
            TableLines = "#272b3e",
            TableHover = "#20243a",
            Divider = "#2c3044",
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "10px", DrawerWidthLeft = "264px", AppbarHeight = "60px" },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = Letters, FontSize = "0.9rem", LineHeight = "1.5", LetterSpacing = "normal" },
            H1 = new H1Typography { FontFamily = Letters, FontSize = "1.55rem", FontWeight = "650", LineHeight = "1.25", LetterSpacing = "-0.015em" },
            H2 = new H2Typography { FontFamily = Letters, FontSize = "1.1rem", FontWeight = "620", LineHeight = "1.35", LetterSpacing = "-0.005em" },
            H3 = new H3Typography { FontFamily = Letters, FontSize = "0.98rem", FontWeight = "600", LineHeight = "1.4", LetterSpacing = "normal" },
            Button = new ButtonTypography { FontFamily = Letters, FontSize = "0.88rem", FontWeight = "560", TextTransform = "none", LetterSpacing = "normal" },
            Body1 = new Body1Typography { FontFamily = Letters, FontSize = "0.94rem", LineHeight = "1.55", LetterSpacing = "normal" },
            Body2 = new Body2Typography { FontFamily = Letters, FontSize = "0.875rem", LineHeight = "1.5", LetterSpacing = "normal" },
            Caption = new CaptionTypography { FontFamily = Letters, FontSize = "0.79rem", LineHeight = "1.45", LetterSpacing = "normal" },
            Subtitle1 = new Subtitle1Typography { FontFamily = Letters, FontSize = "0.95rem", FontWeight = "560", LetterSpacing = "normal" },
            Subtitle2 = new Subtitle2Typography { FontFamily = Letters, FontSize = "0.84rem", FontWeight = "560", LetterSpacing = "normal" },
        },
    };
}
