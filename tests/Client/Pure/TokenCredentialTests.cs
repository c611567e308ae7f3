using Azure.Core;
using FuncQueue.Client.Azure;
using Microsoft.Extensions.Time.Testing;

namespace FuncQueue.Client.Tests.Pure;

public sealed class TokenCredentialTests
{
    [Fact]
    public async Task A_token_is_asked_for_once_and_again_five_minutes_before_its_end()
    {
        var time = new FakeTimeProvider();
        var credential = new Credential(time);
        var options = new FuncQueueClientOptions { TimeProvider = time }.UseTokenCredential(credential, "api://funcqueue/");
        (await options.TokenProvider!(default)).ShouldBe("token1");
        time.Advance(TimeSpan.FromMinutes(54));
        (await options.TokenProvider!(default)).ShouldBe("token1");
        time.Advance(TimeSpan.FromMinutes(2));
        (await options.TokenProvider!(default)).ShouldBe("token2");
        credential.Scopes.ShouldBe(["api://funcqueue/.default", "api://funcqueue/.default"]);
    }

    private sealed class Credential(FakeTimeProvider time) : TokenCredential
    {
        public List<string> Scopes { get; } = [];

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Scopes.Add(requestContext.Scopes.ShouldHaveSingleItem());
            return new AccessToken($"token{Scopes.Count}", time.GetUtcNow() + TimeSpan.FromHours(1));
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
