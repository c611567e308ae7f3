using FuncQueue.LocalHost.Azurite;

namespace FuncQueue.App.Tests;

/// <summary>
/// The app with an identity and no key, as in Azure: storage over TLS that takes tokens, and the token endpoint of an app with a managed
/// identity. Everything comes from the environment, as it does there.
/// </summary>
public sealed class IdentityTests
{
    private const string ClientId = "9c1c4b4e-2c7f-4f0a-8a49-6f1f0a0e6c11";

    [Theory]
    [InlineData("managedidentity")]
    [InlineData(null)]
    public async Task With_an_identity_and_no_key_the_whole_life_of_messages_works_over_TLS(string? credential)
    {
        TrustsByEnvironment();
        using var certificate = new LoopbackCertificate();
        await using var tokens = new TokenEndpoint();
        await using var azurite = await AzuriteServer.StartForTestsAsync(
            AzuriteOptions.ForTests with
            {
                Certificate = certificate.CertificateFile,
                CertificateKey = certificate.KeyFile,
                OAuth = "basic",
            }
        );
        await using var app = await AppProcess.StartAsync(
            new Dictionary<string, string?>(tokens.Environment)
            {
                ["SSL_CERT_FILE"] = certificate.CertificateFile,
                ["FuncQueueStorage__tableServiceUri"] = azurite.TableServiceUri.AbsoluteUri,
                ["FuncQueueStorage__blobServiceUri"] = azurite.BlobServiceUri.AbsoluteUri,
                ["FuncQueueStorage__credential"] = credential,
                ["FuncQueueStorage__clientId"] = credential is null ? null : ClientId,
            }
        );
        azurite.TableServiceUri.Scheme.ShouldBe("https");
        var client = new ApiClient(app.Address, await new KeyMaker(app.Address).MakeMasterAsync());
        (await client.GetAsync("/health")).Status.ShouldBe(HttpStatusCode.OK);
        var queue = await client.QueueAsync();
        await client.EnqueueAsync(queue, "small");
        var large = new byte[100_000];
        Random.Shared.NextBytes(large);
        await client.EnqueueAsync(queue, large, "application/octet-stream");
        var messages = await client.DequeueAsync(queue, "?maxMessages=10");
        messages.Count.ShouldBe(2);
        messages[0]!["body"]!.GetValue<string>().ShouldBe("small");
        (await client.GetAsync(new Uri(messages[1]!["bodyUrl"]!.GetValue<string>()).PathAndQuery)).Bytes.ShouldBe(large);
        foreach (var message in messages)
            (await client.SettleAsync(queue, "ack", message!)).ShouldBe("ok");
        (await client.DeleteAsync(queue)).Status.ShouldBe(HttpStatusCode.NoContent);

        tokens.Asked.ShouldNotBeEmpty();
        tokens.Asked.ShouldAllBe(asked =>
            asked.Resource == "https://storage.azure.com" && asked.ClientId == (credential == null ? null : ClientId)
        );
    }

    [Fact]
    public async Task An_identity_that_storage_refuses_makes_health_fail()
    {
        TrustsByEnvironment();
        using var certificate = new LoopbackCertificate();
        await using var azurite = await AzuriteServer.StartForTestsAsync(
            AzuriteOptions.ForTests with
            {
                Certificate = certificate.CertificateFile,
                CertificateKey = certificate.KeyFile,
                OAuth = "basic",
            }
        );
        await using var tokens = new TokenEndpoint { Audience = "https://vault.azure.net" };
        await using var app = await AppProcess.StartAsync(
            new Dictionary<string, string?>(tokens.Environment)
            {
                ["SSL_CERT_FILE"] = certificate.CertificateFile,
                ["FuncQueueStorage__tableServiceUri"] = azurite.TableServiceUri.AbsoluteUri,
                ["FuncQueueStorage__blobServiceUri"] = azurite.BlobServiceUri.AbsoluteUri,
                ["FuncQueueStorage__credential"] = "managedidentity",
            }
        );
        (await new ApiClient(app.Address).GetAsync("/health")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        tokens.Asked.ShouldNotBeEmpty();
    }

    /// <summary>Only where OpenSSL decides whom to trust can a process be told to trust this certificate alone.</summary>
    private static void TrustsByEnvironment() =>
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Trusting a certificate by environment variable needs OpenSSL.");
}
