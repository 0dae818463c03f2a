using MudBlazor;

namespace OrleansLinks.WebConsole.Keys;

/// <summary>Shows secrets.</summary>
internal static class SecretDialogs
{
    private static readonly DialogOptions OnPurposeAlone = new() { BackdropClick = false, CloseOnEscapeKey = false, FullWidth = true, MaxWidth = MaxWidth.Small };

    /// <summary>Shows a secret this once, until it is closed.</summary>
    /// <param name="dialogs">The page's dialogs.</param>
    /// <param name="title">The dialog's title.</param>
    /// <param name="label">What the secret is.</param>
    /// <param name="advice">What to do with it.</param>
    /// <param name="secret">The secret.</param>
    public static async Task ShowSecret(this IDialogService dialogs, string title, string label, string advice, string secret)
    {
        var parameters = new DialogParameters<SecretDialog>
        {
            { dialog => dialog.Label, label },
            { dialog => dialog.Advice, advice },
            { dialog => dialog.Secret, secret },
        };
        await (await dialogs.ShowAsync<SecretDialog>(title, parameters, OnPurposeAlone)).Result;
    }
}
