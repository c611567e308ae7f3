using Microsoft.Extensions.Configuration;

namespace FuncQueue.Functions.Settings;

/// <summary>Looks for settings that would make secrets of what is none.</summary>
internal static class SettingsCheck
{
    /// <summary>Azure replaces a reference by the secret before the app starts, and leaves the text where it cannot.</summary>
    private const string Reference = "@Microsoft.KeyVault(";

    /// <summary>Azure gives the app each of its settings under this prefix, too.</summary>
    private const string Copy = "APPSETTING_";

    /// <summary>
    /// What is wrong with the first setting, by name, that holds an unresolved Key Vault reference or a secret which is none: one sentence
    /// that names the setting and never its value; null when all can be used.
    /// </summary>
    public static string? Fault(IEnumerable<KeyValuePair<string, string?>> settings) =>
        settings
            .Where(setting => !string.IsNullOrEmpty(setting.Value) && !setting.Key.StartsWith(Copy, StringComparison.OrdinalIgnoreCase))
            .OrderBy(setting => setting.Key, StringComparer.OrdinalIgnoreCase)
            .Select(setting => Fault(setting.Key, setting.Value!) is { } fault ? $"The setting {NameOf(setting.Key)} {fault}." : null)
            .FirstOrDefault(sentence => sentence is not null);

    private static string? Fault(string key, string value)
    {
        if (value.AsSpan().TrimStart().StartsWith(Reference, StringComparison.OrdinalIgnoreCase))
        {
            return "is a Key Vault reference that could not be resolved: "
                + "the secret must exist, and the app's identity must have the role Key Vault Secrets User there";
        }

        return IsSecret(key) ? SecretRule.Fault(value) : null;
    }

    private static bool IsSecret(string key)
    {
        var parts = key.Split(ConfigurationPath.KeyDelimiter);
        return Is(parts, "FuncQueueSqs", "Keys", null, "SecretAccessKey") || Is(parts, "LocalHost", "HostKey");

        // Null stands for any part.
        static bool Is(string[] parts, params string?[] pattern) =>
            parts.Length == pattern.Length
            && parts.Zip(pattern).All(pair => pair.Second is null || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>As the setting is written in Azure and in a shell.</summary>
    private static string NameOf(string key) => key.Replace(ConfigurationPath.KeyDelimiter, "__", StringComparison.Ordinal);
}
