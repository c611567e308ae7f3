using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;

namespace FuncQueue.LocalHost;

/// <summary>The <c>Values</c> of local.settings.json, as Functions tools read them: the weakest of all settings.</summary>
internal static class LocalSettings
{
    public static IConfigurationSource Source(string folder)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        var path = Path.Combine(folder, "local.settings.json");
        if (File.Exists(path))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            foreach (var value in document.RootElement.GetProperty("Values").EnumerateObject())
                values[value.Name.Replace("__", ":", StringComparison.Ordinal)] = value.Value.GetString();
        }

        return new MemoryConfigurationSource { InitialData = values };
    }
}
