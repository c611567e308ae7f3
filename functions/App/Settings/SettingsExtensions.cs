using Microsoft.Extensions.Configuration;

namespace FuncQueue.Functions.Settings;

internal static class SettingsExtensions
{
    /// <summary>
    /// Ends the process with one line on stderr and exit code 1 when a setting holds an unresolved Key Vault reference or a secret which is
    /// none. To be called before anything reads a secret.
    /// </summary>
    public static void RefuseBadSecrets(this IConfiguration configuration)
    {
        if (SettingsCheck.Fault(configuration.AsEnumerable()) is not { } fault)
            return;
        Console.Error.WriteLine(fault);
        Environment.Exit(1);
    }
}
