using MudBlazor;

namespace OrleansLinks.WebConsole.Layout;

/// <summary>
/// The page's dialogs, one at a time: a second click on a button that opens one is no second dialog, but answered as if that had
/// been cancelled.
/// </summary>
internal sealed class OneDialog : DialogService, IDialogService
{
    private Func<IDialogReference, Task>? _show;
    private IDialogReference? _open;

    public OneDialog() => base.DialogInstanceAddedAsync += Show;

    event Func<IDialogReference, Task>? IDialogService.DialogInstanceAddedAsync
    {
        add => _show += value;
        remove => _show -= value;
    }

    private Task Show(IDialogReference dialog)
    {
        if (_open is { Result.IsCompleted: false })
        {
            dialog.Dismiss(DialogResult.Cancel());
            dialog.RenderCompleteTaskCompletionSource.TrySetResult(false);
            return Task.CompletedTask;
        }

        _open = dialog;
        return _show?.Invoke(dialog) ?? Task.CompletedTask;
    }
}
