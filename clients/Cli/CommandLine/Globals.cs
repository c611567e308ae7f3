using System.CommandLine;

namespace FuncQueue.Cli.CommandLine;

/// <summary>Options that every command takes.</summary>
internal static class Globals
{
    public static readonly Option<string?> Endpoint = new("--endpoint")
    {
        Description = "The app's address; else FUNCQUEUE_ENDPOINT, the context, http://127.0.0.1:7071.",
        Recursive = true,
    };

    public static readonly Option<string?> Key = new("--key")
    {
        Description = "The key; better FUNCQUEUE_KEY or a context, which other users of the machine do not see.",
        Recursive = true,
    };

    public static readonly Option<string?> Context = new("--context") { Description = "The context to use.", Recursive = true };

    public static readonly Option<bool> Json = new("--json") { Description = "Print JSON, a document a line.", Recursive = true };

    public static readonly Option[] All = [Endpoint, Key, Context, Json];
}
