// Countersign, Apache-2.0. Written by `make scripts` from web/, febcf8154411f701.
function L(e){if(!/^[A-Za-z0-9_-]*$/.test(e))throw new TypeError("not base64url");let t=atob(e.replaceAll("-","+").replaceAll(
"_","/"));return Uint8Array.from(t,n=>n.charCodeAt(0))}var f=new URL("/",import.meta.url).href,$e=5e3,Ue=35e3,c=class extends Error{constructor(t,n,{status:r,retryAfter:i,errors:u=[]}={},s=void 0){
super(n,{cause:s}),this.name="Refusal",this.code=t,this.status=r,this.retryAfter=i,this.errors=u}};async function l(e,t,n,{method:r,body:i,credentials:u="omit"}={}){let s=await je(n);if(De(s))throw ae();let m={accept:"a\
pplication/json",authorization:`Bearer ${s}`};i&&(m["content-type"]="application/json");try{return await D(e,t,{method:r??
(i?"POST":"GET"),headers:m,credentials:u,cache:"no-store",body:i&&JSON.stringify(i)})}catch(A){throw Le(e,A)&&await qe(e)?
ae():A}}function Le(e,t){return new URL(e).origin!==globalThis.location?.origin&&t instanceof c&&t.cause instanceof TypeError}
function De(e){try{let t=new TextDecoder().decode(L(e.split(".")[1]));return JSON.parse(t).exp<=Date.now()/1e3}catch{return!1}}
function ae(){return new c("invalid_token","The token has ended, or the server does not take it.",{status:401})}async function qe(e){
try{let t=AbortSignal.timeout($e),n=new URL("settings.json",e.endsWith("/")?e:`${e}/`);return(await fetch(n,{credentials:"\
omit",referrerPolicy:"no-referrer",cache:"no-store",signal:t})).ok}catch{return!1}}async function je(e){try{return typeof e==
"function"?await e():e}catch{throw new c("token_unavailable","The page's own function gave no token.")}}async function D(e,t,n){let r=new URL(t,e.endsWith("/")?e:`${e}/`),i=AbortSignal.timeout(Ue),u;try{u=await fetch(r,{credentials:"\
omit",referrerPolicy:"no-referrer",signal:i,...n})}catch(m){let A="The request did not reach the server, or its answer w\
as lost.";throw new c("network_error",A,{},m)}if(u.status===204)return null;let s=await u.json().catch(()=>null);if(u.ok&&
s)return s;throw ie(u.status,s,u.headers.get("retry-after"))}var Be={401:"invalid_token",403:"missing_scope",429:"rate_l\
imited"};function ie(e,t,n=null){let r=e>=500?"service_unavailable":"unexpected_answer",i=t?.code??Be[e]??r,u=Number.parseInt(
n??"",10),s=t?.detail??`The server answered ${e}.`,m=Array.isArray(t?.errors)?t.errors:[];return new c(i,s,{status:e,retryAfter:u||
void 0,errors:m})}var Fe="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==",$t={supportedMethods:"secure-payment\
-confirmation",data:{rpId:"rp.example",credentialIds:[new Uint8Array(1)],challenge:new Uint8Array(1),instrument:{displayName:"\
-",icon:Fe},payeeOrigin:"https://merchant.example"}};var ze=["AMEX","DISCOVER","INTERAC","JCB","MASTERCARD","VISA"];var Zt=[...ze,"ELECTRON","ELO","ELO_DEBIT","MAESTRO"];var j=new Map;function _({base:e=f}={}){let t={credentials:"same-origin"},n=j.get(e)??D(e,"settings.json",t);return j.set(
e,n),n.catch(()=>j.delete(e)),n}function E({base:e=f,token:t,accountId:n}){return l(e,x(n),t)}function B({base:e=f,token:t,accountId:n}){return l(e,`${x(
n)}/account`,t)}function W({base:e=f,token:t,accountId:n,changes:r}){return l(e,x(n),t,{method:"PATCH",body:r})}function H({
base:e=f,token:t,accountId:n,force:r=!1}){let i=`${x(n)}${r?"?force=true":""}`;return l(e,i,t,{method:"DELETE"})}function F({
base:e=f,token:t,accountId:n,confirmation:r}){return l(e,`${x(n)}/confirm`,t,{body:{confirmation:r}})}function x(e){return`\
installations/${encodeURIComponent(e)}`}var nt=4e3;function ce(e){let t=new Promise(r=>setTimeout(r,nt,"")),n=B(e).then(rt,()=>"");return Promise.race([n,t])}function rt({
id:e,email:t,business_profile:n,settings:r}){return n?.name||r?.dashboard?.display_name||t||e}var K=document.documentElement.lang,G={};async function ue(){let e=await fetch(`/assets/messages.${K}.json`);if(!e.ok)throw new Error(
`messages: ${e.status}`);G=await e.json()}function v(e){return Object.hasOwn(G,e)}function o(e,t={}){return G[e].replace(
/\{(\w+)\}/g,(n,r)=>t[r])}function O(e){let t=navigator.languages.find(n=>n.split("-")[0]===K);return new Intl.DateTimeFormat(
t??K,{dateStyle:"long",timeStyle:"short"}).format(e)}var le="countersign.session",ot="countersign.sign-in";var h=class extends Error{constructor(t,n="/"){super(t),this.reason=t,this.returnTo=n}};function b(){let e=sessionStorage.
getItem(le);if(!e)return null;let t=JSON.parse(e);return t.expiresAt>Date.now()?t:(J(),null)}function J(){sessionStorage.
removeItem(le)}async function de(e,t=location.pathname+location.search){if(!globalThis.crypto?.subtle)throw new h("unsup\
ported");let n=await me(e),r={state:fe(),verifier:fe(),returnTo:t};sessionStorage.setItem(ot,JSON.stringify(r));let i=new URL(
n.authorization_endpoint),u={scope:"openid",...e.sign_in_parameters,response_type:"code",client_id:e.client_id,redirect_uri:it(),
state:r.state,code_challenge:await st(r.verifier),code_challenge_method:"S256"};for(let[s,m]of Object.entries(u))i.searchParams.
set(s,m);location.assign(i)}async function pe(e){sessionStorage.clear();let t=new URL("/",location.href),n=await me(e).catch(()=>null);if(!n?.end_session_endpoint)
return location.assign(t);let r=new URL(n.end_session_endpoint);return r.searchParams.set("client_id",e.client_id),r.searchParams.
set("post_logout_redirect_uri",t.href),r.searchParams.set("logout_uri",t.href),location.assign(r)}async function me(e){if(!e.
issuer||!e.client_id)throw new h("not_set_up");let t=e.issuer.replace(/\/$/,""),{status:n,body:r}=await at(`${t}/.well-k\
nown/openid-configuration`);if(n!==200||r?.issuer!==e.issuer)throw new h("unreachable");return r}async function at(e,t){try{let n=await fetch(e,{credentials:"omit",referrerPolicy:"no-referrer",...t});return{status:n.status,
body:await n.json().catch(()=>null)}}catch{throw new h("unreachable")}}function it(){return new URL("/signed-in",location.href).href}function fe(){return he(crypto.getRandomValues(new Uint8Array(
32)))}async function st(e){let t=await crypto.subtle.digest("SHA-256",new TextEncoder().encode(e));return he(new Uint8Array(
t))}function he(e){return btoa(String.fromCharCode(...e)).replaceAll("+","-").replaceAll("/","_").replaceAll("=","")}function a(e){let t=document.getElementById(e);if(!t)throw new Error(`no #${e}`);return t}async function ge(e){addEventListener(
"pageshow",t=>t.persisted&&location.reload());try{let[t]=await Promise.all([_(),ue()]);ye(t),t.stripe_publishable_key.startsWith(
"pk_test_")&&V(),document.documentElement.dataset.ready="",await e(t)}catch(t){throw document.documentElement.dataset.failed=
"",t}}function V(){a("test-mode").hidden=!1}function ye(e){let{name:t}=b()??{};a("account").hidden=t===void 0,a("account\
-name").textContent=t?o("account.signed_in_as",{name:t}):o("account.signed_in"),a("sign-out").onclick=()=>pe(e)}var k="",
C=!1;function d(e,{heading:t,text:n,actions:r=[],notice:i="",code:u=""}){let s=k;k=JSON.stringify([e,u,t,n]),T(i),k!==s&&
(Object.assign(a("status").dataset,{state:e,code:u}),a("heading").textContent=t,document.title=`${t} · ${o("site.name")}`,
a("detail").replaceChildren(...n.map(ct)),a("actions").replaceChildren(...r.map(ut))),s!==""&&(C||k!==s)&&a("heading").focus()}
function T(e){a("notice").textContent=e}function ct(e){let t=document.createElement("p");return t.textContent=e,t}function ut({
id:e,label:t,quiet:n,href:r,run:i},u){let s=document.createElement(r?"a":"button");return s instanceof HTMLAnchorElement?
s.href=r??"":s.type="button",s.id=e,s.textContent=t,s.className=n?"link":`button ${u===0?"primary":"secondary"}`,s.onclick=
i?()=>y(s,i):null,s}function _e(){return C}async function y(e,t){if(!C){we(e,!0);try{await t()}catch(n){throw T(o("notic\
e.other",{code:"unexpected"})),n}finally{we(e,!1),document.activeElement===document.body&&e.focus()}}}function we(e,t){C=
t,e.toggleAttribute("data-busy",t);for(let n of document.querySelectorAll("#actions > *"))n.setAttribute("aria-disabled",
String(t))}function xe(e,t){let n=async()=>{T(o("sign_in.opening"));try{await de(e,t),await new Promise(()=>{})}catch(r){if(!(r instanceof
h))throw r;T(o(`sign_in.${r.reason}`))}};return{id:"sign-in",label:o("sign_in.button"),run:n}}function be(e){J(),ye(e)}function Se({status:e,reachable:t,permissions_missing:n}){return e!=="installed"?"":t?n.length>0?"permissions":"":"unrea\
chable"}function Ae(e){let t=Se(e),n=a("agreement");if(n.hidden=!t,n.dataset.reason=t,!t)return;a("agreement-heading").textContent=
o(`agreement.${t}.heading`),a("agreement-text").textContent=o(`agreement.${t}.text`),a("agreement-step").textContent=o(`\
agreement.${t}.step`),a("agreement-action").textContent=o(`agreement.${t}.action`);let r=t==="permissions"?e.permissions_missing:
[];a("agreement-list").replaceChildren(...r.map(ft)),a("agreement-list").hidden=r.length===0}function ft(e){let t=document.
createElement("li");return t.textContent=v(`permission.${e}`)?o(`permission.${e}`):e,t}var z="countersign.confirmation";function Ee(e){let t=new URLSearchParams(location.hash.slice(1)).get("confirmation");t!==
null&&(history.replaceState(null,"",location.pathname+location.search),sessionStorage.setItem(z,JSON.stringify({accountId:e,
confirmation:t})))}function I(e){let t=JSON.parse(sessionStorage.getItem(z)??"{}");return t.accountId===e?t.confirmation:
null}function Y(){sessionStorage.removeItem(z)}function w(...e){for(let t of["facts","agreement","settings","ending"])a(t).hidden=!e.includes(t)}function P(e,t,n){be(e);
let r=I(t)?"unfinished":"signed_out";w(),d("signed_out",{heading:o(`connected.${r}.heading`),text:[o(`connected.${r}.tex\
t`)],actions:[xe(e)],notice:n})}function ve(){w(),d("confirming",{heading:o("connected.confirming.heading"),text:[o("sit\
e.loading")]})}function Z(){w(),d("not_found",{heading:o("connected.not_found.heading"),text:[o("connected.not_found.tex\
t")],actions:[R(o("connected.connect"))]})}function Oe(e){let t=v(`callback.${e}.heading`)?`callback.${e}`:"connected.re\
fused";w(),d("refused",{heading:o(`${t}.heading`),text:[o(`${t}.text`),o(`${t}.step`)],actions:[R(o("callback.start_agai\
n")),S()],code:e})}function X(e,t){w(),d(e,{heading:o(`connected.${e}.heading`),text:[o(`connected.${e}.text`)],actions:[
{id:"retry",label:o("action.retry"),run:t},S()]})}function R(e){return{id:"go-connect",label:e,href:"/connect"}}function S(){
return{id:"see-connections",label:o("callback.connections"),href:"/connect#connections"}}function ke({livemode:e,livemode_confirmed:t}){return e?t?o("mode.live"):o("mode.unconfirmed"):o("site.test_mode")}var Te={session_cancelled:"session_cancelled",request_in_progress:"request_in_progress",network_error:"network_error",stripe_js_unavailable:"\
stripe_js_unavailable",modal_failed:"stripe_js_unavailable",install_links_misconfigured:"install_links_misconfigured",spc_misconfigured:"\
spc_misconfigured",permission_missing:"permission_missing",account_unreachable:"account_unreachable",open_payments:"open\
_payments",rate_limited:"rate_limited",too_many_requests:"rate_limited",service_unavailable:"unavailable",stripe_unavailable:"\
unavailable",storage_unavailable:"unavailable",secrets_unavailable:"unavailable"};function lt(e){let t=Object.hasOwn(Te,
e)&&Te[e];return t?o(`notice.${t}`):void 0}function N(e){return lt(e)??o("notice.other",{code:e})}function Ce(e,t){let n=a("disconnect-dialog"),r=a("disconnect");r.onclick=()=>{_e()||(a("disconnect-question").textContent=
o("disconnect.question",{name:t()}),n.showModal())},a("disconnect-keep").onclick=()=>n.close(),a("disconnect-confirm").onclick=
()=>{n.close(),y(r,()=>dt(e))}}async function dt(e){let t=e.whose();if(t){Q(o("disconnect.working"));try{e.changed(await H(
t)),Q("")}catch(n){if(!(n instanceof c))throw n;Q(e.handleRefusal(n)?"":N(n.code))}}}function Q(e){a("ending-notice").textContent=
e}var te=["payee_name","payee_origin"],ne=["checkout_origins","clients"],pt=[...te,...ne],mt="/.well-known/countersign.jso\
n";function Ie(e){a("settings-form").onsubmit=t=>{t.preventDefault(),y(a("save"),()=>ht(e))}}function Pe(e){for(let t of te)
g(t).value=e[t]??"";for(let t of ne)g(t).value=e[t].join(`
`);ee([]),_t(e)}async function ht(e){let t=e.whose();if(t){ee([]),M(o("settings.saving"));try{e.changed(await W({...t,changes:wt()})),
M(o("settings.saved"))}catch(n){if(!(n instanceof c))throw n;if(M(""),e.handleRefusal(n))return;ee(n.errors,n.code),M(n.
status===422?o("settings.faulty"):N(n.code))}}}function wt(){let e=te.map(n=>[n,g(n).value.trim()||null]),t=ne.map(n=>[n,
Re(n)]);return Object.fromEntries([...e,...t])}function Re(e){return g(e).value.split(`
`).map(n=>n.trim()).filter(n=>n!=="")}function ee(e,t){let n=pt.filter(r=>{let i=e.filter(({pointer:u})=>u.split("/")[1]===
r);return gt(r,i,t),i.length>0});n.length>0&&g(n[0]).focus()}function gt(e,t,n){let r=a(`${e}-fault`),i=t.map(({pointer:s})=>n===
"payee_name_unknown"?o("settings_fault.payee_name.unknown"):yt(e,s.split("/")[2]));r.replaceChildren(...i.map(xt)),r.hidden=
i.length===0;let u=r.hidden?`${e}-hint`:`${e}-hint ${r.id}`;g(e).setAttribute("aria-describedby",u),g(e).setAttribute("a\
ria-invalid",String(!r.hidden))}function yt(e,t){if(t===void 0)return o(`settings_fault.${e}`);let n=o(`settings_fault.${e}\
.entry`);return o("settings_fault.entry",{value:Re(e)[Number(t)]??"",message:n})}function _t({account_id:e,payee_origin:t,
payee_verified:n,livemode:r}){let i=`${t}${mt}`;a("proof").hidden=t===null,a("proof").dataset.proven=String(n),a("proof-\
state").textContent=n?o("settings.proof.verified",{url:i}):o("settings.proof.missing",{url:i}),a("proof-file").textContent=
JSON.stringify({accounts:[e]}),a("proof-file").hidden=n,a("proof-optional").hidden=n||r}function g(e){return a(e)}function M(e){
a("settings-notice").textContent=e}function xt(e){let t=document.createElement("p");return t.textContent=e,t}var p=new URLSearchParams(location.search).get("account_id")??"",U=p,re=null;Ee(p);ge(e=>{let t={whose:()=>{let n=b();return n||
P(e,p,o("sign_in.expired")),n&&{token:n.token,accountId:p}},changed:Et,handleRefusal:({status:n,code:r})=>{if(n===401)P(
e,p,o("sign_in.expired"));else if(r==="not_installed")$(t);else if(n===404)Z();else return!1;return!0}};return Ie(t),Ce(
t,()=>U),b()?$(t):P(e,p)});async function $(e){let t=e.whose();if(t){if(!p)return Z();if(await bt(e,t))try{let[n,r]=await Promise.
all([ce(t),E(t)]);U=n||r.payee_name||p;let i=!n||r.livemode&&!r.livemode_confirmed;return Ne(i?await E(t):r)}catch(n){if(!(n instanceof
c))throw n;return e.handleRefusal(n)||X("unavailable",()=>$(e))}}}async function bt(e,t){let n=I(p);if(!n)return!0;ve();
try{return await F({...t,confirmation:n}),Y(),!0}catch(r){if(!(r instanceof c))throw r;return r.status===401?e.handleRefusal(
r):St(r)?X("undecided",()=>$(e)):(Y(),Oe(r.code)),!1}}function St({status:e,code:t}){return!e||e>=500||e===429||t==="req\
uest_in_progress"}function Ne(e){e.livemode||V();let{uninstalled_at:t}=e;return t===null?At(e):(w(),d("uninstalled",{heading:o(
"connected.uninstalled.heading",{name:U}),text:[o("connected.uninstalled.text",{time:O(1e3*t)})],actions:[R(o("connected\
.again")),S()]}))}function At(e){let t=oe(e);d("installed",{heading:o("connected.installed.heading",{name:U}),text:[t?o(
"connected.unconfirmed.text"):o("connected.installed.text")],actions:[{...S(),quiet:!0}],code:t?"unconfirmed":""}),w("fa\
cts","settings","ending"),Me(e)}function oe({livemode:e,livemode_confirmed:t}){return e&&!t}function Et(e){e.status===re?.
status&&oe(e)===oe(re)?Me(e):Ne(e)}function Me(e){re=e,a("fact-account").textContent=e.account_id,a("fact-mode").textContent=
ke(e),a("fact-since").textContent=O(1e3*e.installed_at),Ae(e),Pe(e)}
