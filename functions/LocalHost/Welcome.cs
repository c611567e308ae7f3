using FuncQueue.LocalHost.Azurite;

namespace FuncQueue.LocalHost;

/// <summary>What the terminal shows after the start; the App's words, in localhost-welcome.txt.</summary>
internal static class Welcome
{
    public static void Print(string folder, string address, AzuriteServer? azurite)
    {
        var path = Path.Combine(folder, "localhost-welcome.txt");
        var text = File.Exists(path) ? File.ReadAllText(path) : "Listening on {address}. Ctrl+C stops.\n";
        var storage = azurite is null ? "the connection FuncQueueStorage" : azurite.Description;
        Console.Write(text.Replace("{address}", address, StringComparison.Ordinal).Replace("{storage}", storage, StringComparison.Ordinal));
        Console.Out.Flush();
    }
}
