// Countersign, Apache-2.0. Written by `make scripts` from web/, febcf8154411f701.
function _(e){if(!/^[A-Za-z0-9_-]*$/.test(e))throw new TypeError("not base64url");let t=atob(e.replaceAll("-","+").replaceAll(
"_","/"));return Uint8Array.from(t,n=>n.charCodeAt(0))}var l=new URL("/",import.meta.url).href,oe=5e3,ae=35e3,c=class extends Error{constructor(t,n,{status:r,retryAfter:s,errors:i=[]}={},a=void 0){
super(n,{cause:a}),this.name="Refusal",this.code=t,this.status=r,this.retryAfter=s,this.errors=i}};function b(e){let t=new URL(
e),n=t.hostname==="localhost"||t.hostname.endsWith(".localhost");if(t.protocol!=="https:"&&!(t.protocol==="http:"&&n))throw new c(
"unexpected_answer","The server's answer holds no web address.");return t.href}async function d(e,t,n,{method:r,body:s,credentials:i="\
omit"}={}){let a=await ue(n);if(ie(a))throw M();let f={accept:"application/json",authorization:`Bearer ${a}`};s&&(f["con\
tent-type"]="application/json");try{return await x(e,t,{method:r??(s?"POST":"GET"),headers:f,credentials:i,cache:"no-sto\
re",body:s&&JSON.stringify(s)})}catch(m){throw se(e,m)&&await ce(e)?M():m}}function se(e,t){return new URL(e).origin!==globalThis.
location?.origin&&t instanceof c&&t.cause instanceof TypeError}function ie(e){try{let t=new TextDecoder().decode(_(e.split(
".")[1]));return JSON.parse(t).exp<=Date.now()/1e3}catch{return!1}}function M(){return new c("invalid_token","The token \
has ended, or the server does not take it.",{status:401})}async function ce(e){try{let t=AbortSignal.timeout(oe),n=new URL(
"settings.json",e.endsWith("/")?e:`${e}/`);return(await fetch(n,{credentials:"omit",referrerPolicy:"no-referrer",cache:"\
no-store",signal:t})).ok}catch{return!1}}async function ue(e){try{return typeof e=="function"?await e():e}catch{throw new c(
"token_unavailable","The page's own function gave no token.")}}async function x(e,t,n){let r=new URL(t,e.endsWith("/")?e:`${e}/`),s=AbortSignal.timeout(ae),i;try{i=await fetch(r,{credentials:"\
omit",referrerPolicy:"no-referrer",signal:s,...n})}catch(f){let m="The request did not reach the server, or its answer w\
as lost.";throw new c("network_error",m,{},f)}if(i.status===204)return null;let a=await i.json().catch(()=>null);if(i.ok&&
a)return a;throw U(i.status,a,i.headers.get("retry-after"))}var le={401:"invalid_token",403:"missing_scope",429:"rate_li\
mited"};function U(e,t,n=null){let r=e>=500?"service_unavailable":"unexpected_answer",s=t?.code??le[e]??r,i=Number.parseInt(
n??"",10),a=t?.detail??`The server answered ${e}.`,f=Array.isArray(t?.errors)?t.errors:[];return new c(s,a,{status:e,retryAfter:i||
void 0,errors:f})}var pe="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==",Fe={supportedMethods:"secure-payment\
-confirmation",data:{rpId:"rp.example",credentialIds:[new Uint8Array(1)],challenge:new Uint8Array(1),instrument:{displayName:"\
-",icon:pe},payeeOrigin:"https://merchant.example"}};var ge=["AMEX","DISCOVER","INTERAC","JCB","MASTERCARD","VISA"];var ct=[...ge,"ELECTRON","ELO","ELO_DEBIT","MAESTRO"];var E=new Map;function w({base:e=l}={}){let t={credentials:"same-origin"},n=E.get(e)??x(e,"settings.json",t);return E.set(
e,n),n.catch(()=>E.delete(e)),n}async function S({base:e=l,token:t,returnTo:n}){let s=await d(e,"install-links",t,{body:{return_to:n},credentials:"inclu\
de"});return{...s,url:b(s.url)}}function O({base:e=l,token:t,limit:n,cursor:r}){let s=new URLSearchParams;return n&&s.set(
"limit",String(n)),r&&s.set("cursor",r),d(e,`installations?${s}`,t)}var v=document.documentElement.lang,L={};async function D(){let e=await fetch(`/assets/messages.${v}.json`);if(!e.ok)throw new Error(
`messages: ${e.status}`);L=await e.json()}function o(e,t={}){return L[e].replace(/\{(\w+)\}/g,(n,r)=>t[r])}function T(e){let t=navigator.languages.find(n=>n.split(
"-")[0]===v);return new Intl.DateTimeFormat(t??v,{dateStyle:"long",timeStyle:"short"}).format(e)}var j="countersign.session",Ee="countersign.sign-in";var p=class extends Error{constructor(t,n="/"){super(t),this.reason=t,this.returnTo=n}};function y(){let e=sessionStorage.
getItem(j);if(!e)return null;let t=JSON.parse(e);return t.expiresAt>Date.now()?t:(k(),null)}function k(){sessionStorage.
removeItem(j)}async function B(e,t=location.pathname+location.search){if(!globalThis.crypto?.subtle)throw new p("unsuppo\
rted");let n=await W(e),r={state:q(),verifier:q(),returnTo:t};sessionStorage.setItem(Ee,JSON.stringify(r));let s=new URL(
n.authorization_endpoint),i={scope:"openid",...e.sign_in_parameters,response_type:"code",client_id:e.client_id,redirect_uri:Oe(),
state:r.state,code_challenge:await ve(r.verifier),code_challenge_method:"S256"};for(let[a,f]of Object.entries(i))s.searchParams.
set(a,f);location.assign(s)}async function H(e){sessionStorage.clear();let t=new URL("/",location.href),n=await W(e).catch(()=>null);if(!n?.end_session_endpoint)
return location.assign(t);let r=new URL(n.end_session_endpoint);return r.searchParams.set("client_id",e.client_id),r.searchParams.
set("post_logout_redirect_uri",t.href),r.searchParams.set("logout_uri",t.href),location.assign(r)}async function W(e){if(!e.
issuer||!e.client_id)throw new p("not_set_up");let t=e.issuer.replace(/\/$/,""),{status:n,body:r}=await Se(`${t}/.well-k\
nown/openid-configuration`);if(n!==200||r?.issuer!==e.issuer)throw new p("unreachable");return r}async function Se(e,t){try{let n=await fetch(e,{credentials:"omit",referrerPolicy:"no-referrer",...t});return{status:n.status,
body:await n.json().catch(()=>null)}}catch{throw new p("unreachable")}}function Oe(){return new URL("/signed-in",location.href).href}function q(){return K(crypto.getRandomValues(new Uint8Array(
32)))}async function ve(e){let t=await crypto.subtle.digest("SHA-256",new TextEncoder().encode(e));return K(new Uint8Array(
t))}function K(e){return btoa(String.fromCharCode(...e)).replaceAll("+","-").replaceAll("/","_").replaceAll("=","")}function u(e){let t=document.getElementById(e);if(!t)throw new Error(`no #${e}`);return t}async function F(e){addEventListener(
"pageshow",t=>t.persisted&&location.reload());try{let[t]=await Promise.all([w(),D()]);J(t),t.stripe_publishable_key.startsWith(
"pk_test_")&&Te(),document.documentElement.dataset.ready="",await e(t)}catch(t){throw document.documentElement.dataset.failed=
"",t}}function Te(){u("test-mode").hidden=!1}function J(e){let{name:t}=y()??{};u("account").hidden=t===void 0,u("account\
-name").textContent=t?o("account.signed_in_as",{name:t}):o("account.signed_in"),u("sign-out").onclick=()=>H(e)}var g="",
I=!1;function C(e,{heading:t,text:n,actions:r=[],notice:s="",code:i=""}){let a=g;g=JSON.stringify([e,i,t,n]),h(s),g!==a&&
(Object.assign(u("status").dataset,{state:e,code:i}),u("heading").textContent=t,document.title=`${t} · ${o("site.name")}`,
u("detail").replaceChildren(...n.map(ke)),u("actions").replaceChildren(...r.map(Ie))),a!==""&&(I||g!==a)&&u("heading").focus()}
function h(e){u("notice").textContent=e}function ke(e){let t=document.createElement("p");return t.textContent=e,t}function Ie({
id:e,label:t,quiet:n,href:r,run:s},i){let a=document.createElement(r?"a":"button");return a instanceof HTMLAnchorElement?
a.href=r??"":a.type="button",a.id=e,a.textContent=t,a.className=n?"link":`button ${i===0?"primary":"secondary"}`,a.onclick=
s?()=>P(a,s):null,a}async function P(e,t){if(!I){G(e,!0);try{await t()}catch(n){throw h(o("notice.other",{code:"unexpected"})),n}finally{G(e,
!1),document.activeElement===document.body&&e.focus()}}}function G(e,t){I=t,e.toggleAttribute("data-busy",t);for(let n of document.
querySelectorAll("#actions > *"))n.setAttribute("aria-disabled",String(t))}function V(e){return location.assign(e),new Promise(
()=>{})}function z(e,t){let n=async()=>{h(o("sign_in.opening"));try{await B(e,t),await new Promise(()=>{})}catch(r){if(!(r instanceof
p))throw r;h(o(`sign_in.${r.reason}`))}};return{id:"sign-in",label:o("sign_in.button"),run:n}}function Y(e){k(),J(e)}function Z({status:e,reachable:t,permissions_missing:n}){return e!=="installed"?"":t?n.length>0?"permissions":"":"unreac\
hable"}async function ee(e,t){let n=u("connections");await R(e,t),location.hash==="#connections"&&!n.hidden&&u("connections-hea\
ding").focus()}async function R(e,t,n){try{let{data:r,next_cursor:s}=await O({token:e,cursor:n}),i=r.map(Ce);u("connecti\
on-list").append(...i),X(n||r.length>0?"":o("connections.none")),Q(s&&o("connections.more"),()=>R(e,t,s??void 0)),n&&i[0]?.
querySelector("a")?.focus()}catch(r){if(!(r instanceof c))throw r;if(r.status===401)return t();X(o("connections.unavaila\
ble")),Q(o("action.retry"),()=>R(e,t,n))}}function X(e){u("connections-note").textContent=e,u("connections").hidden=!1}function Q(e,t){
let n=u("connections-more");n.textContent=e,n.hidden=!e,n.onclick=()=>P(n,t)}function Ce(e){let{account_id:t,payee_name:n}=e,
r=document.createElement("a");r.href=`/connected?${new URLSearchParams({account_id:t})}`,r.textContent=n??t;let s=[n&&t,
Re(e),Pe(e)],i=document.createElement("span");i.textContent=s.filter(Boolean).join(" · ");let a=document.createElement(
"li");a.append(r,i);let f=Z(e);if(f){let m=document.createElement("strong");m.textContent=o(`agreement.${f}.heading`),a.
append(m)}return a.dataset.status=e.status,a}function Pe({installed_at:e,uninstalled_at:t}){return t===null?o("connectio\
ns.since",{time:T(1e3*e)}):o("connections.until",{time:T(1e3*t)})}function Re({livemode:e,livemode_confirmed:t}){return e?
t?o("mode.live"):o("mode.unconfirmed"):o("site.test_mode")}var te={session_cancelled:"session_cancelled",request_in_progress:"request_in_progress",network_error:"network_error",stripe_js_unavailable:"\
stripe_js_unavailable",modal_failed:"stripe_js_unavailable",install_links_misconfigured:"install_links_misconfigured",spc_misconfigured:"\
spc_misconfigured",permission_missing:"permission_missing",account_unreachable:"account_unreachable",open_payments:"open\
_payments",rate_limited:"rate_limited",too_many_requests:"rate_limited",service_unavailable:"unavailable",stripe_unavailable:"\
unavailable",storage_unavailable:"unavailable",secrets_unavailable:"unavailable"};function Ne(e){let t=Object.hasOwn(te,
e)&&te[e];return t?o(`notice.${t}`):void 0}function ne(e){return Ne(e)??o("notice.other",{code:e})}F(e=>{let t=y();return t?(Me(e,t),ee(t.token,()=>N(e))):re(e)});function Me(e,{name:t}){let n=t?o("home.signed_in_as",{name:t}):
o("home.signed_in"),r={id:"connect",label:o("connect.button"),run:()=>Ue(e)};C("ready",{heading:o("connect.heading"),text:[
o("connect.lead"),n],actions:[r]})}async function Ue(e){let t=y();if(!t)return N(e);h(o("connect.opening"));try{let{url:n}=await S(
{token:t.token});return await V(n)}catch(n){if(!(n instanceof c))throw n;return n.status===401?N(e):h(ne(n.code))}}function N(e){
document.getElementById("connections")?.setAttribute("hidden",""),re(e,o("sign_in.expired"))}function re(e,t){Y(e),C("si\
gned_out",{heading:o("connect.heading"),text:[o("connect.lead"),o("connect.sign_in")],actions:[z(e)],notice:t})}
